/** `workflow`: runs another definition as an execution of its own. */
import type { ChildOutcome, ChildRequest } from '../../plan/child';
import type { WorkflowStep } from '../../plan/plan';
import { asError, OmniError } from '../../plan/problem';
import { misfits } from '../../plan/schema-fit';
import type { Runner, StepContext } from '../context';
import { withTimeout } from '../deadline';
import { nextDepth } from '../depth';
import { remaining, settle } from '../ledger';
import { renderAt } from '../scope';

export const runWorkflow: Runner<'workflow'> = (step, context) =>
  withTimeout(step.timeoutMs, context, async (bounded) => {
    const { record, cancel } = bounded;
    if (record().output === undefined) await runChild(step, bounded);
    cancel.throwIfCancelled();
    return { kind: 'next', output: record().output ?? null };
  });

async function runChild(step: WorkflowStep, context: StepContext): Promise<void> {
  const request = requestOf(step, context);
  const { gate, clock, effects, cancel } = context;
  const held = gate.enter();
  if (held !== undefined) await held;
  try {
    const failure = write(step, context, await clock.during('call', () => effects.child(request, cancel)));
    if (failure !== undefined) throw failure;
  } finally {
    gate.leave();
  }
}

/** Writes down what came of it, in one moment. */
function write(step: WorkflowStep, context: StepContext, outcome: ChildOutcome): OmniError | undefined {
  if (outcome.status === 'cancelled') return undefined;
  settle(context.state, `workflow ${step.workflow}`, outcome.usage);
  if (outcome.status === 'failed') return asError({ ...outcome.error, step: context.path });
  const [fault] = step.output === undefined ? [] : misfits(step.output, outcome.output, '');
  if (fault !== undefined)
    return new OmniError(
      'tool-error',
      `The output of ${step.workflow} is not what ${context.path} declares: ${fault.pointer} ${fault.detail}`,
    );
  context.amend({ output: outcome.output, usage: outcome.usage });
  return undefined;
}

function requestOf(step: WorkflowStep, context: StepContext): ChildRequest {
  const { state, path } = context;
  const depth = nextDepth(context);
  const { tokens, cost } = remaining(context) as { readonly tokens?: number; readonly cost?: number };
  return {
    workflow: step.workflow,
    executionId: `${state.origin}.${path}`,
    input: renderAt(context, step.input, { path, part: 'input' }) ?? {},
    context: state.context,
    await: step.await,
    parent: {
      executionId: state.origin,
      depth,
      remaining: { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { costUsd: cost }) },
    },
  };
}
