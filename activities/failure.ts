/** Our errors as Temporal's: the one place where a problem becomes a failure that Temporal retries or not. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Problem } from '../src/plan/problem';
import { OmniError } from '../src/plan/problem';

export interface FailureOptions {
  readonly nonRetryable: boolean;
  /** First detail; absent: the problem. */
  readonly detail?: unknown;
  /** Milliseconds until the next attempt. */
  readonly nextRetryMs?: number;
}

export function asFailure(
  problem: Problem,
  { nonRetryable, detail = problem, nextRetryMs }: FailureOptions,
): ApplicationFailure {
  return ApplicationFailure.create({
    message: problem.detail,
    type: problem.type,
    nonRetryable,
    details: [detail],
    ...(nextRetryMs === undefined ? {} : { nextRetryDelay: nextRetryMs }),
  });
}

/** Does the work for the execution that asks, and tells Temporal of a refusal of ours as it is. */
export async function told<T>(work: (executionId: string) => Promise<T>): Promise<T> {
  try {
    return await work(Context.current().info.workflowExecution?.workflowId ?? '');
  } catch (thrown) {
    if (thrown instanceof OmniError) throw asFailure(thrown.problem, { nonRetryable: !thrown.retryable });
    throw thrown;
  }
}
