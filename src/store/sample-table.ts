/** What processes counted, interval by interval: the table `metric_samples`. Times are the database's. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { canonical } from '../plan/json';
import { inTransaction } from './transaction';

export type SampleLabels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: string;
  readonly labels: SampleLabels;
  /** `growth`: what was added in the interval. `level`: how it stood. */
  readonly kind: 'growth' | 'level';
  /** Of a histogram the sum of what it was shown. */
  readonly value: number;
  /** Of a histogram: how many values. */
  readonly count?: number;
}

export interface SamplePoint extends Sample {
  readonly at: Date;
}

export interface SampleQuery {
  /** A name, and what else is counted under it. */
  readonly names: readonly string[];
  readonly from: Date;
  readonly to: Date;
  /** Only series that have all of these. */
  readonly labels: SampleLabels;
  /** Seconds that one point stands for. */
  readonly stepSeconds: number;
  /** How levels of several processes make one. */
  readonly merge: 'sum' | 'max' | 'last';
  /** Points at most, the newest. */
  readonly limit: number;
}

/** From one time to another: with the interval that the first lies in. */
export interface WindowQuery {
  /** What was added is summed of these. */
  readonly growth: readonly string[];
  /** How each process's gauges stood at the end is read of these. */
  readonly levels: readonly string[];
  readonly from: Date;
  readonly to: Date;
  /** Those that rows may have, the finest first. */
  readonly resolutions: readonly number[];
}

/** What was added, by labels, and how each process's gauges stood at the end. */
export interface SampleWindow {
  readonly growth: readonly Sums[];
  readonly levels: readonly Sums[];
}

export type SampleKind = 'counter' | 'gauge' | 'histogram';

type Sums = Pick<Sample, 'name' | 'labels' | 'value' | 'count'>;

/** `home`: see `homeOf`. */
export interface SampleTable {
  /** For the interval that it is now; more of the same interval is added. */
  keep(home: string, owner: string, resolution: number, samples: readonly Sample[]): Promise<void>;
  /** From the oldest to the newest. */
  query(home: string, query: SampleQuery): Promise<readonly SamplePoint[]>;
  window(home: string, query: WindowQuery): Promise<SampleWindow>;
  /** What each of the names is, as far as there are samples of it. */
  kinds(home: string, names: readonly string[]): Promise<ReadonlyMap<string, SampleKind>>;
  /** What there are samples of since then. */
  names(home: string, since: Date): Promise<readonly string[]>;
  /** Puts rows that are older than `olderMs` into coarser ones. False: another process does at this moment. */
  roll(home: string, from: number, to: number, olderMs: number): Promise<boolean>;
  /** Deletes rows of the resolution that are older. */
  drop(home: string, resolution: number, olderMs: number): Promise<void>;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

const KEEP = `
  INSERT INTO metric_samples AS known (home, owner, resolution, at, name, labels, labels_hash, kind, value, count)
  SELECT $1, $2, $3, to_timestamp(floor(extract(epoch FROM clock_timestamp()) / $3::int) * $3::int),
         name, labels, decode(hash, 'hex'), kind, value, count
  FROM jsonb_to_recordset($4::jsonb)
    AS row (name text, labels jsonb, hash text, kind text, value double precision, count double precision)
  ON CONFLICT (home, name, resolution, at, labels_hash, owner) DO UPDATE
  SET value = EXCLUDED.value + CASE WHEN EXCLUDED.kind = 'growth' THEN known.value ELSE 0 END,
      count = EXCLUDED.count + known.count`;

/** Levels: each process's last one of a step, then all of them together. */
const QUERY = `
  WITH rows AS (
    SELECT to_timestamp(floor(extract(epoch FROM at) / $6::int) * $6::int) AS step, at, owner, labels, kind, value, count
    FROM metric_samples
    WHERE home = $1 AND name = ANY($2) AND at >= $3 AND at < $4 AND labels @> $5
  ), levels AS (
    SELECT DISTINCT ON (step, labels, owner) step, at, labels, value
    FROM rows WHERE kind = 'level' ORDER BY step, labels, owner, at DESC
  )
  SELECT * FROM (
    SELECT step AS at, labels, 'growth' AS kind, sum(value) AS value, sum(count) AS count
    FROM rows WHERE kind = 'growth' GROUP BY step, labels
    UNION ALL
    SELECT step, labels, 'level',
           CASE $7 WHEN 'sum' THEN sum(value) WHEN 'max' THEN max(value) ELSE (array_agg(value ORDER BY at DESC))[1] END, NULL
    FROM levels GROUP BY step, labels
    ORDER BY 1 DESC LIMIT $8
  ) AS points ORDER BY at, labels::text`;

/** A process that has not sampled for a minute is gone, and its gauges with it. Resolutions are named because the index begins with them. */
const WINDOW = `
  SELECT 'growth' AS kind, name, labels, sum(value) AS value, sum(count) AS count FROM metric_samples
  WHERE home = $1 AND name = ANY($2) AND resolution = ANY($6) AND kind = 'growth' AND at > $4::timestamptz - interval '1 second' * $7 AND at < $5
  GROUP BY name, labels
  UNION ALL
  SELECT 'level', name, labels, value, NULL FROM (
    SELECT DISTINCT ON (name, labels_hash, owner) name, labels, value FROM metric_samples
    WHERE home = $1 AND name = ANY($3) AND resolution = $7 AND kind = 'level'
      AND at >= $5::timestamptz - interval '1 minute' AND at < $5
    ORDER BY name, labels_hash, owner, at DESC
  ) AS last`;

/** The order has the index asked also for a name that there is nothing of. */
const KINDS = `
  SELECT asked.name, one.kind, one.count FROM unnest($2::text[]) AS asked (name)
  CROSS JOIN LATERAL (
    SELECT kind, count FROM metric_samples WHERE home = $1 AND name = asked.name ORDER BY resolution, at LIMIT 1
  ) AS one`;

const ROLL = `
  WITH moved AS (
    DELETE FROM metric_samples
    WHERE home = $1 AND resolution = $2
      AND at < to_timestamp(floor(extract(epoch FROM clock_timestamp() - $4 * interval '1 ms') / $3::int) * $3::int)
    RETURNING name, labels, labels_hash, at, owner, kind, value, count
  ), stepped AS (
    SELECT *, to_timestamp(floor(extract(epoch FROM at) / $3::int) * $3::int) AS step FROM moved
  )
  INSERT INTO metric_samples AS known (home, owner, resolution, at, name, labels, labels_hash, kind, value, count)
  SELECT $1, $5, $3, step, name, labels, labels_hash, 'growth', sum(value), sum(count)
  FROM stepped WHERE kind = 'growth' GROUP BY step, name, labels, labels_hash
  UNION ALL
  SELECT $1, owner, $3, step, name, labels, labels_hash, 'level', (array_agg(value ORDER BY at DESC))[1], NULL
  FROM stepped WHERE kind = 'level' GROUP BY step, owner, name, labels, labels_hash
  ON CONFLICT (home, name, resolution, at, labels_hash, owner) DO UPDATE
  SET value = EXCLUDED.value + CASE WHEN EXCLUDED.kind = 'growth' THEN known.value ELSE 0 END,
      count = EXCLUDED.count + known.count`;

export function sampleTable(pool: Pool): SampleTable {
  return {
    async keep(home, owner, resolution, samples) {
      if (samples.length === 0) return;
      const rows = samples.map((sample) => ({ ...sample, hash: hashOf(sample.labels) }));
      await pool.query(KEEP, [home, owner, resolution, JSON.stringify(rows)]);
    },
    async query(home, { names, from, to, labels, stepSeconds, merge, limit }) {
      const values = [home, [...names], from, to, JSON.stringify(labels), stepSeconds, merge, limit];
      const { rows } = await pool.query<Omit<SamplePoint, 'name' | 'count'> & { readonly count: number | null }>(
        QUERY,
        values,
      );
      const [name = ''] = names;
      return rows.map(({ count, ...point }) => ({ name, ...point, ...(count === null ? {} : { count }) }));
    },
    async window(home, { growth, levels, from, to, resolutions }) {
      if (growth.length + levels.length === 0) return { growth: [], levels: [] };
      const { rows } = await pool.query<Sums & { readonly kind: Sample['kind']; readonly count: number | null }>(
        WINDOW,
        [home, [...growth], [...levels], from, to, [...resolutions], resolutions[0]],
      );
      const of = (wanted: Sample['kind']): readonly Sums[] =>
        rows.flatMap(({ kind, count, ...sums }) =>
          kind === wanted ? [{ ...sums, ...(count === null ? {} : { count }) }] : [],
        );
      return { growth: of('growth'), levels: of('level') };
    },
    async kinds(home, names) {
      const { rows } = await pool.query<{ name: string; kind: Sample['kind']; count: number | null }>(KINDS, [
        home,
        [...names],
      ]);
      return new Map(
        rows.map(({ name, kind, count }) => [
          name,
          kind === 'level' ? 'gauge' : count === null ? 'counter' : 'histogram',
        ]),
      );
    },
    async names(home, since) {
      const { rows } = await pool.query<{ name: string }>(
        'SELECT DISTINCT name FROM metric_samples WHERE home = $1 AND at >= $2 ORDER BY name',
        [home, since],
      );
      return rows.map(({ name }) => name);
    },
    async roll(home, from, to, olderMs) {
      return inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ mine: boolean }>(
          'SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine',
          [`metric_samples ${home}`],
        );
        if (rows[0]?.mine !== true) return false;
        await client.query(ROLL, [home, from, to, olderMs, NOBODY]);
        return true;
      });
    },
    async drop(home, resolution, olderMs) {
      await pool.query(
        `DELETE FROM metric_samples WHERE home = $1 AND resolution = $2 AND at < clock_timestamp() - $3 * interval '1 ms'`,
        [home, resolution, olderMs],
      );
    },
  };
}

function hashOf(labels: SampleLabels): string {
  return createHash('sha256').update(canonical(labels)).digest('hex');
}
