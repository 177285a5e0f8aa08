/** What every call of a provider passes: its circuit breaker, its limits, and the account of how its calls go. One per provider and process. */
import type { OmniError, Problem } from '../plan/problem';
import { createBreaker, type BreakerSettings, type BreakerState } from './breaker';
import type { ProviderLimits } from './tool';

/** By provider name, in place of what the provider says itself. */
export type LimitOverrides = Readonly<Record<string, ProviderLimits>>;

/** Handed to a call that may go on. Exactly one of its members is called, once. */
export interface Pass {
  succeeded(): void;
  failed(error: OmniError): void;
  /** The provider was not called after all. */
  unused(): void;
}

/** Why nobody passes now. `limit` is ours and costs no attempt; the others count like an answer of the provider. */
export interface Shut {
  readonly why: 'limit' | 'paused' | 'open';
  /** For people. */
  readonly reason: string;
  /** Milliseconds until it is worth asking again. */
  readonly waitMs: number;
}

/** How a provider stands in this process. */
export interface Standing {
  readonly breaker: BreakerState;
  readonly underWay: number;
  /** Calls that the figures are of: the last hundred at most. */
  readonly calls: number;
  /** From 0 to 1; absent before the first call. */
  readonly errorRate?: number;
  /** Median; absent before the first call. */
  readonly latencyMs?: number;
  readonly lastError?: Pick<Problem, 'type' | 'detail'> & { readonly at: string };
  /** Nobody calls before; ISO 8601. */
  readonly shutUntil?: string;
  readonly limits: ProviderLimits;
}

export interface Lately {
  readonly calls: number;
  /** From 0 to 1; absent without calls. */
  readonly errorRate?: number;
  /** Median of those that succeeded; absent without any. */
  readonly latencyMs?: number;
}

export interface Turnstile {
  enter(): Pass | Shut;
  /** A time to come back at, in milliseconds from now: later for each that asks, so that not all come back at once. */
  queue(waitMs: number): number;
  standing(): Standing;
  /** What the calls of the last five minutes tell. */
  lately(): Lately;
}

const BREAKER: BreakerSettings = { failures: 5, openMs: 30_000 };
const REMEMBERED = 100;
const LATELY_MS = 5 * 60_000;
/** A step may allow itself less time than any provider needs: such timeouts say nothing about the provider. */
const SLOW_MS = 2_000;
/** Whoever asks for more is asked again in between: it may have been for one model, or a mistake. */
const LONGEST_PAUSE_MS = 60_000;
const USUAL_LATENCY_MS = 1_000;

export function isShut(entered: Pass | Shut): entered is Shut {
  return 'why' in entered;
}

/** Calls at once after a rest. */
export function burstOf({ perSecond, burst }: ProviderLimits): number {
  return burst ?? Math.max(1, Math.ceil(perSecond ?? 0));
}

export function createTurnstile(limits: ProviderLimits, now: () => number = Date.now): Turnstile {
  const { perSecond, concurrent = Infinity, apart = false } = limits;
  const burst = burstOf(limits);
  const breaker = createBreaker({ ...BREAKER, ...limits });
  const outcomes: { readonly ok: boolean; readonly durationMs: number; readonly at: number }[] = [];
  let tokens = burst;
  let filledAt = now();
  let underWay = 0;
  let pausedUntil = 0;
  let queuedUntil = 0;
  let lastError: Standing['lastError'];

  const latency = (): number => median(outcomes.map(({ durationMs }) => durationMs)) ?? USUAL_LATENCY_MS;

  function shut(): Shut | undefined {
    const at = now();
    const until = breaker.opensAt;
    if (breaker.state === 'half-open')
      return { why: 'open', reason: 'one call tries it after failures', waitMs: latency() };
    if (until !== undefined && until > at)
      return {
        why: 'open',
        reason: `failed ${limits.failures ?? BREAKER.failures} times in a row (${lastError?.type ?? 'unknown'}), left alone until ${iso(until)}`,
        waitMs: until - at,
      };
    if (pausedUntil > at)
      return { why: 'paused', reason: `asks to be left alone until ${iso(pausedUntil)}`, waitMs: pausedUntil - at };
    if (underWay >= concurrent)
      return {
        why: 'limit',
        reason: `has its ${concurrent} calls under way`,
        waitMs: Math.ceil(latency() / concurrent),
      };
    if (perSecond === undefined) return undefined;
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * perSecond);
    filledAt = at;
    if (tokens >= 1) return undefined;
    return {
      why: 'limit',
      reason: `is called ${perSecond} times a second at most`,
      waitMs: Math.ceil(((1 - tokens) / perSecond) * 1000),
    };
  }

  return {
    enter() {
      const refused = shut();
      if (refused !== undefined) return refused;
      const verdict = breaker.enter();
      if (verdict === undefined) return { why: 'open', reason: 'is left alone after failures', waitMs: 0 };
      tokens -= 1;
      underWay += 1;
      const startedAt = now();
      const end = (ok: boolean): number => {
        underWay -= 1;
        const durationMs = now() - startedAt;
        outcomes.push({ ok, durationMs, at: now() });
        if (outcomes.length > REMEMBERED) outcomes.shift();
        return durationMs;
      };
      return {
        succeeded() {
          end(true);
          verdict.succeeded();
        },
        unused() {
          tokens += 1;
          underWay -= 1;
          verdict.unknown();
        },
        failed(error) {
          const { type, detail } = error.problem;
          if (type === 'cancelled') {
            underWay -= 1;
            return verdict.unknown();
          }
          const durationMs = end(false);
          lastError = { type, detail, at: iso(now()) };
          if (apart) return verdict.unknown();
          if (type === 'rate-limited' && error.retryAfterMs !== undefined)
            pausedUntil = Math.max(pausedUntil, now() + Math.min(error.retryAfterMs, LONGEST_PAUSE_MS));
          if (!isFailure(error)) return verdict.succeeded();
          return type === 'timeout' && durationMs < SLOW_MS ? verdict.unknown() : verdict.failed();
        },
      };
    },
    queue(waitMs) {
      const step = Math.max(
        perSecond === undefined ? 0 : 1000 / perSecond,
        concurrent === Infinity ? 0 : latency() / concurrent,
      );
      queuedUntil = Math.max(now() + waitMs, queuedUntil + step);
      return Math.ceil(queuedUntil - now());
    },
    standing() {
      const until = Math.max(breaker.opensAt ?? 0, pausedUntil);
      const failed = outcomes.filter(({ ok }) => !ok).length;
      return {
        breaker: breaker.state,
        underWay,
        calls: outcomes.length,
        ...(outcomes.length === 0 ? {} : { errorRate: failed / outcomes.length, latencyMs: latency() }),
        ...(lastError === undefined ? {} : { lastError }),
        ...(until > now() ? { shutUntil: iso(until) } : {}),
        limits,
      };
    },
    lately() {
      const recent = outcomes.filter(({ at }) => at > now() - LATELY_MS);
      const latencyMs = median(recent.filter(({ ok }) => ok).map(({ durationMs }) => durationMs));
      return {
        calls: recent.length,
        ...(recent.length === 0 ? {} : { errorRate: recent.filter(({ ok }) => !ok).length / recent.length }),
        ...(latencyMs === undefined ? {} : { latencyMs }),
      };
    },
  };
}

/** Whether the provider itself is in trouble: a refusal of the request or a missing model is an answer like any other. */
function isFailure({ problem, retryable }: OmniError): boolean {
  return retryable && (problem.type === 'provider-unavailable' || problem.type === 'timeout');
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const iso = (ms: number): string => new Date(ms).toISOString();
