/** What happens to a failed step: the first handler that matches decides, and without one the failure goes up. */
import { handlersOf } from '../plan/paths';
import type { Step } from '../plan/plan';
import type { Problem } from '../plan/problem';
import type { OmniError } from '../plan/problem';
import { asError, toProblem } from '../plan/problem';
import { Cancelled } from './cancel-token';
import { noteUndo } from './compensation';
import type { Flow, StepContext } from './context';
import { conditionAt } from './scope';

export async function handle(step: Step, context: StepContext, problem: Problem): Promise<Flow> {
  const chosen = choose(step, context, problem);
  if (typeof chosen !== 'number') throw fail(context, chosen);
  context.amend({ error: problem, handler: chosen });
  return resumeHandler(step, context);
}

/** Runs the handler that the record names, from its beginning or from where it stood. */
export async function resumeHandler(step: Step, context: StepContext): Promise<Flow> {
  const { path, record, amend, effects } = context;
  const { handler, error } = record();
  const steps = handlersOf(step)[handler ?? 0]?.steps ?? [];
  try {
    const flow = await context.runSteps(steps, {
      ...context,
      prefix: `${path}.onError.`,
      ...(error === undefined ? {} : { error }),
    });
    amend({
      status: 'failed',
      handled: true,
      endedAt: effects.now(),
      ...(flow.output === undefined ? {} : { output: flow.output }),
      ...(flow.kind === 'return' ? { returned: true as const } : {}),
    });
    return flow;
  } catch (thrown) {
    if (thrown instanceof Cancelled) {
      amend({ status: 'cancelled', error: thrown.reason, endedAt: effects.now() });
      throw thrown;
    }
    throw fail(context, toProblem(thrown));
  }
}

/** Closes the record as failed and makes the error that goes up. */
export function fail(context: StepContext, problem: Problem): OmniError {
  context.amend({ status: 'failed', error: problem, endedAt: context.effects.now() });
  noteUndo(context, context.places.get(context.record().name)?.step.compensate !== undefined);
  return asError(problem);
}

/** Position of the first match, or the problem that goes up: a spent budget is never handled. */
function choose(step: Step, context: StepContext, problem: Problem): number | Problem {
  if (problem.type === 'budget-exceeded') return problem;
  const patience = step.kind === 'waitFor' && problem.type !== 'timeout' ? (step.onTimeout ?? []).length : 0;
  try {
    const found = handlersOf(step).findIndex(
      ({ when }, i) =>
        i >= patience &&
        (when === undefined ||
          conditionAt(context, when, { path: context.path, part: `onError.${i}`, error: problem })),
    );
    return found === -1 ? problem : found;
  } catch (thrown) {
    return { ...toProblem(thrown), step: context.path };
  }
}
