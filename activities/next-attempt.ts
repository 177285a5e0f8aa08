/** Whether and when a failed call is tried again with the same provider. Temporal does the trying. */
import { evaluateCondition } from '../src/plan/expression/evaluate';
import type { CallRequest } from '../src/plan/call';
import type { Json } from '../src/plan/json';
import type { RetryRule } from '../src/plan/plan';
import type { OmniError, Problem } from '../src/plan/problem';

export interface NextAttempt {
  readonly nonRetryable: boolean;
  readonly nextRetryMs?: number;
}

/**
 * The first rule that matches the error decides. A wait that the far side asks for is kept in full; one longer than the rule's
 * `maxInterval` is not waited for: the next provider is asked instead. `attempt` counts from 1, `random` gives 0 up to 1.
 */
export function nextAttempt(
  error: OmniError,
  request: CallRequest,
  attempt: number,
  random: () => number,
): NextAttempt {
  const rule = request.retry.find(({ when }) => when === undefined || matches(when, error.problem));
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

function matches(when: string, problem: Problem): boolean {
  const roots = { error: problem as unknown as Json };
  return evaluateCondition(when, { roots, now: () => Date.now(), uuid: () => '' });
}
