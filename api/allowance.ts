/** Counts the requests of every caller against what he may send in a minute, in leases taken from what all processes share. */
import type { Allowance, RequestRateTable } from '../src/store/request-rate-table';
import { requestRatesInMemory } from '../src/store/request-rate-table';

export interface Verdict {
  readonly allowed: boolean;
  /** Requests that are left. */
  readonly remaining: number;
  /** Until the whole allowance is there again. */
  readonly wholeInMs: number;
  /** 0 when it is allowed. */
  readonly retryAfterMs: number;
}

export interface AllowanceParts {
  readonly table: RequestRateTable;
  /** Milliseconds. */
  readonly now: () => number;
  /** Told when the database cannot be asked, once for each time that it goes away. */
  readonly onDown: (error: unknown) => void;
}

/** A process takes this part of an allowance at a time, so that a caller far from it costs one question to the database in so many requests. */
const LEASES = 50;

/** The database gets this long; then, and for a while, the process counts for itself. */
const PATIENCE_MS = 1_000;
const DOWN_MS = 5_000;

const MAX_HELD = 20_000;
const SWEEP_MS = 300_000;

/** What this process may let through without asking. */
interface Held {
  tokens: number;
  remaining: number;
  leasedAt: number;
  refusedUntil: number;
  asking?: Promise<void> | undefined;
}

/**
 * Takes one request out of an allowance. Nobody is refused because the database does not answer: until it does each process counts for
 * itself, and the limit holds for each.
 */
export function createAllowances({ table, now, onDown }: AllowanceParts): (allowance: Allowance) => Promise<Verdict> {
  const held = new Map<string, Held>();
  const alone = requestRatesInMemory(now);
  let downUntil = 0;
  let sweptAt = now();

  const lease: RequestRateTable['lease'] = async (allowance, wanted) => {
    if (now() < downUntil) return alone.lease(allowance, wanted);
    try {
      return await within(PATIENCE_MS, table.lease(allowance, wanted));
    } catch (error) {
      if (downUntil === 0) onDown(error);
      downUntil = now() + DOWN_MS;
      return alone.lease(allowance, wanted);
    }
  };
  const renew = async (one: Held, allowance: Allowance): Promise<void> => {
    const { granted, remaining, retryAfterMs } = await lease(allowance, chunkOf(allowance));
    if (now() >= downUntil) downUntil = 0;
    one.tokens += granted;
    one.remaining = remaining;
    one.leasedAt = now();
    one.refusedUntil = granted > 0 ? 0 : now() + retryAfterMs;
  };
  const ask = (one: Held, allowance: Allowance): Promise<void> =>
    (one.asking ??= renew(one, allowance).finally(() => {
      one.asking = undefined;
    }));
  const tidy = (): void => {
    if (now() - sweptAt < SWEEP_MS && held.size < MAX_HELD) return;
    sweptAt = now();
    for (const key of [...held.keys()].slice(0, held.size / 2)) held.delete(key);
    void Promise.all([alone.sweep(), table.sweep()]).catch(() => undefined);
  };

  return async (allowance) => {
    const { key, windowMs, quota } = allowance;
    tidy();
    const one = held.get(key) ?? { tokens: 0, remaining: quota, leasedAt: now(), refusedUntil: 0 };
    // Those that were heard last stand last: what is forgotten first are the others.
    held.delete(key);
    held.set(key, one);
    // What was leased long ago has grown back in the database meanwhile.
    if (now() - one.leasedAt > windowMs) one.tokens = 0;
    while (one.tokens < 1 && now() >= one.refusedUntil) await ask(one, allowance);
    const allowed = one.tokens >= 1;
    if (allowed) one.tokens -= 1;
    if (allowed && one.tokens < chunkOf(allowance) / 4 && now() >= one.refusedUntil) void ask(one, allowance);
    const remaining = Math.min(quota, one.remaining + one.tokens);
    return {
      allowed,
      remaining,
      wholeInMs: ((quota - remaining) * windowMs) / quota,
      retryAfterMs: allowed ? 0 : Math.max(1, one.refusedUntil - now()),
    };
  };
}

function chunkOf({ quota }: Allowance): number {
  return Math.max(1, Math.floor(quota / LEASES));
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  // What fails after its time is over must not end the process.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
