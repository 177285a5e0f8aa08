/** A circuit breaker: after failures in a row a provider is left alone for a while, then one call tries it. */
import { CircuitState, circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';

export interface BreakerSettings {
  /** In a row, until it opens. */
  readonly failures: number;
  /** Milliseconds until one call may try again. */
  readonly openMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Told how the call that was let through went: exactly one of its members, once. */
export interface Verdict {
  succeeded(): void;
  failed(): void;
  /** It ended for a reason that says nothing about the provider. */
  unknown(): void;
}

export interface Breaker {
  readonly state: BreakerState;
  /** Milliseconds since 1970; undefined unless open. */
  readonly opensAt: number | undefined;
  /** Undefined: leave the provider alone. */
  enter(): Verdict | undefined;
}

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

export function createBreaker({ failures, openMs }: BreakerSettings): Breaker {
  const policy = circuitBreaker(handleAll, { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failures) });
  let opensAt: number | undefined;
  policy.onBreak(() => (opensAt = Date.now() + openMs));
  policy.onReset(() => (opensAt = undefined));
  return {
    get state() {
      return STATES[policy.state];
    },
    get opensAt() {
      return policy.state === CircuitState.Open ? opensAt : undefined;
    },
    enter() {
      const before = policy.state;
      // One call tries; cockatiel would let the others wait for how it goes.
      if (before === CircuitState.HalfOpen) return undefined;
      const settle: { resolve: () => void; reject: (reason: Error) => void }[] = [];
      const call = (): Promise<void> => new Promise((resolve, reject) => settle.push({ resolve, reject }));
      // It asks for the call at once, or not at all.
      policy.execute(call).catch(() => undefined);
      const [called] = settle;
      if (called === undefined) return undefined;
      const { resolve, reject } = called;
      const tries = before === CircuitState.Open;
      const failed = (): void => reject(new Error('failed'));
      // A trial without an outcome has not shown that the provider is back; any other call without one counts for nothing.
      return { succeeded: resolve, failed, unknown: tries ? failed : () => undefined };
    },
  };
}
