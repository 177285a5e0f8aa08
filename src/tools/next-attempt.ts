/** Whether and when a failed call is tried again with the same provider: Temporal does the trying, and scenarios in virtual time go by the same rule. */
import { evaluateCondition } from '../plan/expression/evaluate';
import type { CallRequest } from '../plan/call';
import type { Json } from '../plan/json';
import type { RetryRule } from '../plan/plan';
import type { OmniError, Problem } from '../plan/problem';

export interface NextAttempt {
  readonly nonRetryable: boolean;
  readonly nextRetryMs?: number;
}

export interface AttemptFacts {
  /** Counts from 1. */
  readonly attempt: number;
  /** Gives 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The first rule that matches the error decides. A wait that the far side asks for is kept in full; one longer than the rule's
 * `maxInterval` is not waited for: the next provider is asked instead.
 */
export function nextAttempt(error: OmniError, request: CallRequest, facts: AttemptFacts): NextAttempt {
  const { attempt, random, now } = facts;
  const rule = request.retry.find(({ when }) => when === undefined || matches(when, error.problem, now));
  const over = rule === undefined || attempt >= rule.maxAttempts || request.idempotent === 'none';
  if (over || !error.retryable) return { nonRetryable: true };
  const { retryAfterMs } = error;
  if (retryAfterMs !== undefined && retryAfterMs > rule.maxIntervalMs) return { nonRetryable: true };
  return { nonRetryable: false, nextRetryMs: Math.max(1, retryAfterMs ?? backoff(rule, attempt, random)) };
}

/** Exponential, with the upper half of each wait left to chance, so that many callers do not come back at once. */
function backoff(
  { initialIntervalMs, backoff, maxIntervalMs }: RetryRule,
  attempt: number,
  random: () => number,
): number {
  const full = Math.min(maxIntervalMs, initialIntervalMs * backoff ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}

function matches(when: string, problem: Problem, now: () => number): boolean {
  const roots = { error: problem as unknown as Json };
  return evaluateCondition(when, { roots, now, uuid: () => '' });
}
