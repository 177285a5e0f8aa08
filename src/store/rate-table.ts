/** Rates that all processes share: the table `provider_rates`. */
import type { Pool } from 'pg';

export interface JointBucket {
  readonly provider: string;
  readonly perSecond: number;
  /** Calls at once after a rest. */
  readonly burst: number;
}

export interface RateTable {
  /** Takes a call out of the bucket and gives 0, or gives the milliseconds until it is worth asking again. By the database's clock. */
  take(bucket: JointBucket): Promise<number>;
}

/**
 * Every call moves `used_until` on by the time that one call is worth; it may lie ahead of now by what the burst allows
 * (the generic cell rate algorithm, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm). One statement, so that no two processes take the same call.
 */
const TAKE = `
  WITH taken AS (
    INSERT INTO provider_rates AS r (provider, used_until)
    VALUES ($1, clock_timestamp() + $2 * interval '1 ms')
    ON CONFLICT (provider) DO UPDATE
      SET used_until = greatest(r.used_until, clock_timestamp()) + $2 * interval '1 ms'
      WHERE r.used_until <= clock_timestamp() + $3 * interval '1 ms'
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM taken) AS taken,
    (SELECT extract(epoch FROM used_until - clock_timestamp()) * 1000 FROM provider_rates WHERE provider = $1)::float8 AS ahead_ms`;

export function rateTable(pool: Pool): RateTable {
  return {
    async take({ provider, perSecond, burst }) {
      const worthMs = 1000 / perSecond;
      const slackMs = (burst - 1) * worthMs;
      const { rows } = await pool.query<{ taken: boolean; ahead_ms: number | null }>(TAKE, [
        provider,
        worthMs,
        slackMs,
      ]);
      const [row] = rows;
      return row === undefined || row.taken ? 0 : Math.max(1, Math.ceil((row.ahead_ms ?? 0) - slackMs));
    },
  };
}
