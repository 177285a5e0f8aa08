/** Spans that have ended and the traces that they make: the tables `spans` and `traces`. */
import type { Pool } from 'pg';
import type { JsonObject } from '../plan/json';
import type { TraceParent } from '../plan/trace';
import { EXECUTION_SPANS } from '../tracing/execution-span';
import { inTransaction } from './transaction';
import type { TraceFilter, TraceRow } from './trace-rows';
import { findTraces } from './trace-rows';

export const SPAN_KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
export const SPAN_STATUSES = ['ok', 'error', 'unset'] as const;

/** Times are microseconds since 1970. Texts hold no U+0000, which PostgreSQL refuses. */
export interface KeptSpan extends TraceParent {
  readonly parentId?: string;
  readonly name: string;
  readonly service: string;
  readonly kind: (typeof SPAN_KINDS)[number];
  readonly status: (typeof SPAN_STATUSES)[number];
  readonly startedUs: number;
  readonly endedUs: number;
  /** Execution and definition that it belongs to. */
  readonly executionId?: string;
  readonly workflow?: string;
  readonly attributes: JsonObject;
  /** Spans that it goes on from. */
  readonly links: readonly TraceParent[];
}

export interface TraceFigures {
  /** Executions that have ended. */
  readonly total: number;
  readonly failed: number;
  /** Mean, in milliseconds; of none 0. */
  readonly averageMs: number;
}

/** `home`: see `homeOf`. */
export interface SpanTable {
  /** A span that is there already stays as it is. */
  keep(home: string, spans: readonly KeptSpan[]): Promise<void>;
  /** Newest first, one row per trace. */
  find(home: string, filter: TraceFilter): Promise<readonly TraceRow[]>;
  /** Undefined: there is no such trace. */
  trace(home: string, traceId: string): Promise<TraceRow | undefined>;
  /** The first ones of a trace, in order of their start. */
  spans(home: string, traceId: string, limit: number): Promise<readonly KeptSpan[]>;
  /** Of executions that began since then. */
  figures(home: string, since: Date): Promise<TraceFigures>;
  /** Deletes some of the traces whose last span is older. False: there are no more, or another process deletes now. */
  drop(home: string, olderMs: number): Promise<boolean>;
}

/** Longer than any statement here takes: a database that hangs must not hold the connections that others need. */
const TIMEOUT_MS = 10_000;
const DROPPED_AT_ONCE = 100;

const KEEP = `
  WITH given AS (
    SELECT DISTINCT ON (trace_id, span_id)
      decode(trace_id, 'hex') AS trace_id, decode(span_id, 'hex') AS span_id, decode(parent_id, 'hex') AS parent_id, name, service, kind,
      status, 'epoch'::timestamptz + started_us * interval '1 microsecond' AS started_at,
      'epoch'::timestamptz + ended_us * interval '1 microsecond' AS ended_at, execution_id, workflow, attributes::jsonb, links::jsonb,
      -- What encloses comes before what is in it.
      lpad(started_us::text, 17, '0') || lpad((99999999999999999 - ended_us)::text, 17, '0') AS place
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bigint[],
                $11::text[], $12::text[], $13::text[], $14::text[])
      AS span (trace_id, span_id, parent_id, name, service, kind, status, started_us, ended_us, execution_id, workflow, attributes, links)
    ORDER BY trace_id, span_id
  ), kept AS (
    INSERT INTO spans (home, trace_id, span_id, parent_id, name, service, kind, status, started_at, ended_at, execution_id, workflow,
                       attributes, links)
    SELECT $1, trace_id, span_id, parent_id, name, service, kind, status, started_at, ended_at, execution_id, workflow, attributes, links
    FROM given ON CONFLICT DO NOTHING
    RETURNING trace_id, span_id
  )
  INSERT INTO traces AS known (home, trace_id, started_at, ended_at, spans, root, execution, own)
  SELECT $1, trace_id, min(started_at), max(ended_at), count(*),
         min(ARRAY[(parent_id IS NOT NULL)::int || place, name, service, status]),
         min(ARRAY[place, execution_id, workflow]) FILTER (WHERE execution_id IS NOT NULL),
         min(ARRAY[place, execution_id, status]) FILTER (WHERE execution_id IS NOT NULL AND name = ANY($15))
  FROM given JOIN kept USING (trace_id, span_id)
  GROUP BY trace_id ORDER BY trace_id
  ON CONFLICT (home, trace_id) DO UPDATE
  SET started_at = least(known.started_at, EXCLUDED.started_at), ended_at = greatest(known.ended_at, EXCLUDED.ended_at),
      spans = known.spans + EXCLUDED.spans, root = least(known.root, EXCLUDED.root),
      execution = least(known.execution, EXCLUDED.execution), own = least(known.own, EXCLUDED.own)`;

const SPANS = `
  SELECT encode(trace_id, 'hex') AS "traceId", encode(span_id, 'hex') AS "spanId", encode(parent_id, 'hex') AS "parentId", name, service,
         kind, status, (extract(epoch FROM started_at) * 1000000)::float8 AS "startedUs",
         (extract(epoch FROM ended_at) * 1000000)::float8 AS "endedUs", execution_id AS "executionId", workflow, attributes,
         coalesce(links, '[]') AS links
  FROM spans WHERE home = $1 AND trace_id = decode($2, 'hex')
  ORDER BY started_at, ended_at DESC, span_id LIMIT $3`;

const FIGURES = `
  SELECT count(*)::int AS total, (count(*) FILTER (WHERE status = 'error'))::int AS failed,
         coalesce(avg(extract(epoch FROM ended_at - started_at)) * 1000, 0)::float8 AS "averageMs"
  FROM spans WHERE home = $1 AND name = $2 AND started_at >= $3`;

const DROP = `
  WITH old AS (
    DELETE FROM traces WHERE home = $1 AND trace_id IN (
      SELECT trace_id FROM traces
      WHERE home = $1 AND started_at < clock_timestamp() - $2 * interval '1 ms' AND ended_at < clock_timestamp() - $2 * interval '1 ms'
      ORDER BY started_at LIMIT $3)
    RETURNING trace_id
  ), gone AS (
    DELETE FROM spans USING old WHERE spans.home = $1 AND spans.trace_id = old.trace_id
  )
  SELECT count(*)::int AS dropped FROM old`;

export function spanTable(pool: Pool): SpanTable {
  return {
    async keep(home, spans) {
      if (spans.length === 0) return;
      const column = (of: (span: KeptSpan) => string | number | undefined): unknown[] =>
        spans.map((span) => of(span) ?? null);
      const values = [
        home,
        column(({ traceId }) => traceId),
        column(({ spanId }) => spanId),
        column(({ parentId }) => parentId),
        column(({ name }) => name),
        column(({ service }) => service),
        column(({ kind }) => kind),
        column(({ status }) => status),
        column(({ startedUs }) => startedUs),
        column(({ endedUs }) => endedUs),
        column(({ executionId }) => executionId),
        column(({ workflow }) => workflow),
        column(({ attributes }) => JSON.stringify(attributes)),
        column(({ links }) => (links.length === 0 ? undefined : JSON.stringify(links))),
        EXECUTION_SPANS,
      ];
      // pg knows the limit, its types do not.
      await pool.query({ text: KEEP, values, query_timeout: TIMEOUT_MS } as { text: string; values: unknown[] });
    },
    find: (home, filter) => findTraces(pool, home, filter),
    async trace(home, traceId) {
      return (await findTraces(pool, home, { traceId, limit: 1 }))[0];
    },
    async spans(home, traceId, limit) {
      const { rows } = await pool.query<Nullable<KeptSpan>>(SPANS, [home, traceId, limit]);
      return rows.map(({ parentId, executionId, workflow, ...span }) => ({
        ...span,
        ...(parentId !== null && { parentId }),
        ...(executionId !== null && { executionId }),
        ...(workflow !== null && { workflow }),
      }));
    },
    async figures(home, since) {
      const { rows } = await pool.query<TraceFigures>(FIGURES, [home, EXECUTION_SPANS[0], since]);
      return rows[0] ?? { total: 0, failed: 0, averageMs: 0 };
    },
    drop: (home, olderMs) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ mine: boolean }>(
          'SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine',
          [`traces ${home}`],
        );
        if (rows[0]?.mine !== true) return false;
        const dropped = await client.query<{ dropped: number }>(DROP, [home, olderMs, DROPPED_AT_ONCE]);
        return dropped.rows[0]?.dropped === DROPPED_AT_ONCE;
      }),
  };
}

/** Rows have null where a span has nothing. */
type Nullable<T> = { readonly [K in keyof T]-?: undefined extends T[K] ? NonNullable<T[K]> | null : T[K] };
