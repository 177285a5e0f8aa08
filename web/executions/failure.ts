/** Finds the step that made an execution fail, and what was tried before that. */
import type { Execution, Problem, Step } from '../shapes';

export interface Failure {
  readonly problem: Problem;
  readonly step?: Step;
  /** What was tried, in order: providers that were called with their errors, and those that were passed over with the reason. */
  readonly tried: readonly Tried[];
}

export interface Tried {
  readonly provider: string;
  readonly outcome: 'failed' | 'passed over' | 'cancelled' | 'completed' | 'running';
  readonly attempts?: number;
  readonly detail?: string;
}

/** Undefined for what has not failed. A step that is named by the problem is the cause; else the first one that failed. */
export function failureOf({
  status,
  error,
  steps,
}: Pick<Execution, 'status' | 'error' | 'steps'>): Failure | undefined {
  if (status !== 'failed' || error === undefined) return undefined;
  const failed = steps.filter((step) => step.status === 'failed' && step.phase !== 'compensation');
  const named = error.step === undefined ? undefined : steps.find(({ path }) => path === error.step);
  // Steps that hold others fail with what is inside them: the cause is the one that holds none.
  const innermost = failed.filter(({ path }) => !failed.some((one) => one.path !== path && within(one.path, path)));
  const step = named ?? innermost[0];
  return { problem: error, ...(step === undefined ? {} : { step }), tried: step === undefined ? [] : triedBy(step) };
}

function within(path: string, outer: string): boolean {
  return path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

export function triedBy({ calls }: Pick<Step, 'calls'>): readonly Tried[] {
  return calls.flatMap(({ provider = '', status, attempts, skipped, error }): readonly Tried[] => [
    ...skipped.map((one) => ({ provider: one.provider, outcome: 'passed over' as const, detail: one.reason })),
    // Empty when every candidate was passed over.
    ...(provider === ''
      ? []
      : [{ provider, outcome: status, attempts, ...(error === undefined ? {} : { detail: error.detail }) }]),
  ]);
}
