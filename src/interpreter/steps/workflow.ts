/** `workflow`: runs another definition as an execution of its own. */
import type { ChildRequest } from '../../plan/child';
import type { WorkflowStep } from '../../plan/plan';
import { runChild } from '../child';
import type { Runner, StepContext } from '../context';
import { withTimeout } from '../deadline';
import { nextDepth } from '../depth';
import { keyStem } from '../idempotency-key';
import { renderAt } from '../scope';

export const runWorkflow: Runner<'workflow'> = (step, context) =>
  withTimeout(step.timeoutMs, context, async (bounded) => {
    const { record, cancel, effects } = bounded;
    if (record().output === undefined) {
      const request = requestOf(step, bounded);
      bounded.amend({ childExecutionId: request.executionId });
      await runChild(bounded, {
        what: `workflow ${step.workflow}`,
        ...(step.output === undefined ? {} : { output: step.output }),
        ...(step.budget === undefined ? {} : { budget: step.budget }),
        run: (remaining) => effects.child({ ...request, parent: { ...request.parent, remaining } }, cancel),
      });
    }
    cancel.throwIfCancelled();
    return { kind: 'next', output: record().output ?? null };
  });

/** Of this execution, not of its origin: a rerun must not meet the children of the one before. */
function childId({ state, path }: StepContext): string {
  return `${state.id}.${path}`;
}

function requestOf(step: WorkflowStep, context: StepContext): ChildRequest {
  const { state, path } = context;
  return {
    workflow: step.workflow,
    executionId: childId(context),
    input: renderAt(context, step.input, { path, part: 'input' }) ?? {},
    context: state.context,
    await: step.await,
    parent: {
      executionId: state.id,
      origin: `${keyStem(state, path, '.')}${context.salt ?? ''}`,
      depth: nextDepth(context),
      remaining: {},
    },
  };
}
