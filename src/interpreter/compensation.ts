/** Undoing: the compensations of completed steps, in reverse order of their completion. */
import type { JsonObject } from '../plan/json';
import type { Problem } from '../plan/problem';
import { toProblem } from '../plan/problem';
import type { StepRecord } from '../plan/record';
import { CancelToken } from './cancel-token';
import type { Context, StepContext } from './context';
import type { Undo } from './state';

/** Notes that a step may have to be undone; in the same moment as its record is closed. */
export function noteUndo(context: StepContext, hasCompensation: boolean): void {
  const { state, path, locals } = context;
  if (!hasCompensation || !mayHaveHappened(context.record())) return;
  const undo: Undo = { path, name: context.record().name, vars: context.vars ?? state.vars, locals };
  state.undo = [...state.undo.filter((other) => other.path !== path), undo];
}

/** Completed, or begun with an outcome that nobody knows. */
function mayHaveHappened({ status, calls = [] }: StepRecord): boolean {
  if (status === 'completed') return true;
  return calls.some((call) => call.error?.type === 'outcome-unknown');
}

/** Undoes what lies below a path, for `error`. One that fails does not stop the rest; all failures are returned. */
export async function undoWithin(context: Context, prefix: string, error: Problem): Promise<void> {
  await undo(context, (path) => path.startsWith(prefix), error);
}

export async function undoAll(context: Context, error: Problem): Promise<readonly Problem[]> {
  return undo(context, () => true, error);
}

async function undo(context: Context, chosen: (path: string) => boolean, error: Problem): Promise<readonly Problem[]> {
  const failures: Problem[] = [];
  for (const { path, name, vars, locals } of context.state.undo.toReversed()) {
    const compensate = context.places.get(name)?.step.compensate;
    if (compensate === undefined || !chosen(path)) continue;
    // Being cancelled or out of budget is why this runs, so neither stops it.
    const scope: Context = {
      ...context,
      prefix: `${path}.`,
      cancel: new CancelToken(),
      error,
      vars,
      locals,
      free: true,
    };
    await context.runSteps([compensate], scope).catch((thrown: unknown) => failures.push(toProblem(thrown)));
  }
  return failures;
}

/** The failure of an execution with what could not be undone in it. */
export function withCompensations(error: Problem, failures: readonly Problem[]): Problem {
  if (failures.length === 0) return error;
  const compensations = failures.map(({ type, detail, step = '' }): JsonObject => ({ type, detail, step }));
  const data = {
    ...(typeof error.data === 'object' && error.data !== null && !Array.isArray(error.data) ? error.data : {}),
    compensations,
  };
  return { ...error, detail: `${error.detail} ${failures.length} of its compensations failed too.`, data };
}
