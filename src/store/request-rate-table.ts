/** What callers have used of their allowances, for all processes of the API together: the table `request_rates`. */
import type { Pool } from 'pg';

export interface Allowance {
  /** Of a caller and a kind of request. */
  readonly key: string;
  /** Requests in the window; also what may come at once after a rest. */
  readonly quota: number;
  readonly windowMs: number;
}

export interface Lease {
  /** Requests that may be let through, at most as many as were wanted; 0: none. */
  readonly granted: number;
  /** What is left for later leases. */
  readonly remaining: number;
  /** Until another one is given, where none was. */
  readonly retryAfterMs: number;
}

export interface RequestRateTable {
  /** Takes requests out of the allowance, by the database's clock. */
  lease(allowance: Allowance, wanted: number): Promise<Lease>;
  /** Removes what nobody has used for so long that it is whole again. */
  sweep(): Promise<void>;
}

/**
 * The generic cell rate algorithm, as in `provider_rates`: every request moves `used_until` on by what one is worth, and it may lie ahead of
 * now by one window. One statement, so that no two processes are given the same requests. $2 wanted, $3 worth of one and $4 window in ms.
 */
const FREE = `least($2::int, greatest(0, floor(($4::float8
  - extract(epoch FROM greatest(r.used_until, now()) - now()) * 1000) / $3::float8))::int)`;
const LEASE = `
  INSERT INTO request_rates AS r (key, used_until, granted)
  VALUES ($1, now() + $2::int * $3::float8 * interval '1 ms', $2::int)
  ON CONFLICT (key) DO UPDATE
    SET granted = ${FREE}, used_until = greatest(r.used_until, now()) + ${FREE} * $3::float8 * interval '1 ms'
  RETURNING granted, (extract(epoch FROM used_until - now()) * 1000)::float8 AS "aheadMs"`;

export function requestRateTable(pool: Pool): RequestRateTable {
  return {
    async lease(allowance, wanted) {
      const { key, quota, windowMs } = allowance;
      const values = [key, Math.min(wanted, quota), windowMs / quota, windowMs];
      const { rows } = await pool.query<{ granted: number; aheadMs: number }>(LEASE, values);
      const [{ granted, aheadMs } = { granted: 0, aheadMs: windowMs }] = rows;
      return leaseOf(allowance, { granted, aheadMs });
    },
    async sweep() {
      await pool.query("DELETE FROM request_rates WHERE used_until < now() - interval '1 minute'");
    },
  };
}

/** The same for one process alone. */
export function requestRatesInMemory(now: () => number): RequestRateTable {
  const usedUntil = new Map<string, number>();
  return {
    lease: (allowance, wanted) => {
      const { key, quota, windowMs } = allowance;
      const worthMs = windowMs / quota;
      const at = now();
      const used = Math.max(usedUntil.get(key) ?? 0, at);
      const granted = Math.min(wanted, Math.max(0, Math.floor((windowMs - (used - at)) / worthMs)));
      usedUntil.set(key, used + granted * worthMs);
      return Promise.resolve(leaseOf(allowance, { granted, aheadMs: used + granted * worthMs - at }));
    },
    sweep: () => {
      for (const [key, until] of usedUntil) if (until < now()) usedUntil.delete(key);
      return Promise.resolve();
    },
  };
}

function leaseOf(
  { quota, windowMs }: Allowance,
  { granted, aheadMs }: { readonly granted: number; readonly aheadMs: number },
): Lease {
  const worthMs = windowMs / quota;
  return {
    granted,
    remaining: Math.max(0, Math.floor((windowMs - aheadMs) / worthMs)),
    retryAfterMs: granted > 0 ? 0 : Math.max(1, aheadMs + worthMs - windowMs),
  };
}
