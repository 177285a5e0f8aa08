/** Failed attempts to be somebody, counted per address and per key: beyond a few a minute no further one is looked at. */
import { OmniError } from '../plan/problem';
import { recent } from './recent';

const PER_MINUTE = 10;
const MINUTE_MS = 60_000;
/** Addresses and keys that are remembered at once. */
const SIZE = 10_000;

export interface Attempts {
  /** Throws `rate-limited` when one of these has failed too often. */
  admit(names: readonly string[]): void;
  failed(names: readonly string[]): void;
}

export function createAttempts(now: () => number): Attempts {
  const failures = recent<{ readonly count: number; readonly since: number }>({ lifeMs: MINUTE_MS, size: SIZE, now });
  const current = (name: string) => {
    const failure = failures.get(name);
    return failure !== undefined && failure.since + MINUTE_MS > now() ? failure : undefined;
  };
  return {
    admit(names) {
      for (const name of names) {
        const failure = current(name);
        if (failure === undefined || failure.count < PER_MINUTE) continue;
        throw new OmniError(
          'rate-limited',
          'Too many wrong keys or tokens came from here. Wait, then send a right one.',
          { retryAfterMs: Math.max(1000, failure.since + MINUTE_MS - now()) },
        );
      }
    },
    failed(names) {
      for (const name of names) {
        const { count, since } = current(name) ?? { count: 0, since: now() };
        failures.set(name, { count: count + 1, since });
      }
    },
  };
}
