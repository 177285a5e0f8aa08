/** Our errors as Temporal's: the one place where a problem becomes a failure that Temporal retries or not. */
import { ApplicationFailure, CompleteAsyncError, Context } from '@temporalio/activity';
import { TemporalFailure } from '@temporalio/common';
import type { Problem } from '../src/plan/problem';
import type { Usage } from '../src/plan/record';
import { OmniError, problemOf } from '../src/plan/problem';
import { shownText } from '../src/privacy/shown-text';

export interface FailureOptions {
  readonly nonRetryable: boolean;
  /** First detail; absent: the problem. */
  readonly detail?: unknown;
  /** Second detail: what was used. */
  readonly usage?: Usage;
  /** Milliseconds until the next attempt. */
  readonly nextRetryMs?: number;
}

export function asFailure(
  problem: Problem,
  { nonRetryable, detail = problem, usage, nextRetryMs }: FailureOptions,
): ApplicationFailure {
  return ApplicationFailure.create({
    message: problem.detail,
    type: problem.type,
    nonRetryable,
    details: usage === undefined ? [detail] : [detail, usage],
    ...(nextRetryMs === undefined ? {} : { nextRetryDelay: nextRetryMs }),
  });
}

/**
 * What an activity throws, for Temporal. Errors of libraries quote addresses, statements and rows: of them only name and code go on, and
 * they are tried again, as before.
 */
export function ofActivity(thrown: unknown): unknown {
  if (thrown instanceof TemporalFailure || thrown instanceof CompleteAsyncError) return thrown;
  if (thrown instanceof OmniError) return asFailure(shown(thrown.problem), { nonRetryable: !thrown.retryable });
  const { name, code } =
    thrown instanceof Error ? (thrown as Error & { readonly code?: unknown }) : { name: typeof thrown };
  const known = typeof code === 'string' || typeof code === 'number' ? `${name} ${code}` : name;
  return asFailure(
    problemOf('internal', `Something of ours failed (${shownText(known)}). The worker’s log tells more.`),
    {
      nonRetryable: false,
    },
  );
}

/** A problem whose words may go into histories, lists and answers: providers and plugins choose them, and may quote what they were given. */
export function shown(problem: Problem): Problem {
  const { detail, errors } = problem;
  return {
    ...problem,
    detail: shownText(detail, { names: false }),
    ...(errors && {
      errors: errors.map((one) => ({
        ...one,
        pointer: shownText(one.pointer, { names: false }),
        detail: shownText(one.detail, { names: false }),
      })),
    }),
  };
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
