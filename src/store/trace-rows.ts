/** The list of traces, as the tables `traces` and `spans` tell it. */
import type { Pool } from 'pg';
import { AGENT_TASK_TYPE } from '../plan/agent';
import { EXECUTION_SPANS } from '../tracing/execution-span';

/** `running`: it belongs to an execution whose end has not been told. */
export const TRACE_STATUSES = ['success', 'error', 'running'] as const;

/** Where the next page begins. */
export interface TracePosition {
  /** Microseconds since 1970. */
  readonly startedUs: number;
  readonly traceId: string;
}

export interface TraceFilter {
  /** Name of a span: what is told is told of the first such span of a trace that all else is true of. Absent: of the whole trace. */
  readonly operation?: string;
  readonly traceId?: string;
  readonly status?: (typeof TRACE_STATUSES)[number];
  readonly workflow?: string;
  readonly executionId?: string;
  /** Begun not before, and before. */
  readonly from?: Date;
  readonly to?: Date;
  readonly minDurationMs?: number;
  readonly after?: TracePosition;
  readonly limit: number;
}

export interface TraceRow extends TracePosition {
  readonly name: string;
  readonly service: string;
  readonly status: (typeof TRACE_STATUSES)[number];
  /** To the end, of what runs to now. */
  readonly durationMs: number;
  /** How many are here. */
  readonly spans: number;
  readonly executionId: string | null;
  readonly workflow: string | null;
}

/** What the conditions are about, in SQL. */
interface Columns {
  readonly traceId: string;
  readonly startedAt: string;
  readonly durationMs: string;
  readonly has: (status: TraceRow['status']) => string;
  readonly workflow: string;
  readonly executionId: (value: string) => string;
}

const TRACE: Columns = {
  traceId: 't.trace_id',
  startedAt: 't.started_at',
  durationMs: `extract(epoch FROM CASE t.status WHEN 'running' THEN clock_timestamp() ELSE t.ended_at END - t.started_at) * 1000`,
  has: (status) => `t.status = '${status}'`,
  workflow: 't.execution[3]',
  executionId: (value) => `t.trace_id IN (SELECT trace_id FROM spans WHERE home = $1 AND execution_id = ${value})`,
};

const span = (alias: string): Columns => ({
  traceId: `${alias}.trace_id`,
  startedAt: `${alias}.started_at`,
  durationMs: `extract(epoch FROM ${alias}.ended_at - ${alias}.started_at) * 1000`,
  // Plain comparisons, whose results the planner can guess.
  has: (status) => (status === 'running' ? 'false' : `${alias}.status ${status === 'error' ? '=' : '<>'} 'error'`),
  workflow: `${alias}.workflow`,
  executionId: (value) => `${alias}.execution_id = ${value}`,
});

const SPAN = span('s');
const EARLIER = span('e');

export async function findTraces(pool: Pool, home: string, filter: TraceFilter): Promise<readonly TraceRow[]> {
  const values: unknown[] = [home];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const { operation } = filter;
  const parts = operation === undefined ? [wholeTraces(filter, put)] : namedSpans(operation, filter, put);
  const { rows } = await pool.query<TraceRow>(
    `SELECT encode(trace_id, 'hex') AS "traceId", name, service, status, spans, "executionId", workflow,
            (extract(epoch FROM started_at) * 1000000)::float8 AS "startedUs", greatest("durationMs", 0)::float8 AS "durationMs"
     FROM (${parts.map((part) => `(${part})`).join(' UNION ALL ')}) AS found
     ORDER BY started_at DESC, trace_id DESC LIMIT ${put(filter.limit)}`,
    values,
  );
  return rows;
}

type Put = (value: unknown) => string;

/** `name`: instead of the first span's. */
function wholeTraces(filter: TraceFilter, put: Put, name = 't.root[2]', also = 'true'): string {
  return `
    SELECT t.trace_id, ${name} AS name, t.root[3] AS service, t.status, t.spans, t.execution[2] AS "executionId",
           t.execution[3] AS workflow, t.started_at, ${TRACE.durationMs} AS "durationMs"
    FROM traces t
    WHERE t.home = $1 AND ${also} AND ${[...conditions(TRACE, filter, put), ...page(TRACE, filter, put)].join(' AND ')}
    ORDER BY t.started_at DESC, t.trace_id DESC LIMIT ${put(filter.limit)}`;
}

/** Executions that run have no span yet: their traces stand for them. */
function namedSpans(operation: string, filter: TraceFilter, put: Put): readonly string[] {
  const name = put(operation);
  const runs = !(EXECUTION_SPANS as readonly string[]).includes(operation)
    ? 'false'
    : `t.status = 'running' AND (t.execution[3] IS NOT DISTINCT FROM '${AGENT_TASK_TYPE}') = (${name} = 'invoke_agent')`;
  const fits = [...conditions(SPAN, filter, put), ...page(SPAN, filter, put)].join(' AND ');
  const earlier = conditions(EARLIER, filter, put).join(' AND ');
  const ended = `
    SELECT s.trace_id, s.name, s.service, CASE s.status WHEN 'error' THEN 'error' ELSE 'success' END AS status, t.spans,
           s.execution_id AS "executionId", s.workflow, s.started_at, ${SPAN.durationMs} AS "durationMs"
    FROM spans s JOIN traces t ON t.home = s.home AND t.trace_id = s.trace_id
    WHERE s.home = $1 AND s.name = ${name} AND NOT (${runs}) AND ${fits}
      AND NOT EXISTS (
        SELECT FROM spans e
        WHERE e.home = $1 AND e.trace_id = s.trace_id AND e.name = ${name} AND ${earlier}
          AND (e.started_at, e.span_id) < (s.started_at, s.span_id))
    ORDER BY s.started_at DESC, s.trace_id DESC LIMIT ${put(filter.limit)}`;
  return runs === 'false' ? [ended] : [ended, wholeTraces(filter, put, name, runs)];
}

function conditions(of: Columns, filter: TraceFilter, put: Put): readonly string[] {
  const { traceId, status, workflow, executionId, from, to, minDurationMs } = filter;
  return [
    'true',
    traceId !== undefined && `${of.traceId} = decode(${put(traceId)}, 'hex')`,
    status !== undefined && of.has(status),
    workflow !== undefined && `${of.workflow} = ${put(workflow)}`,
    executionId !== undefined && of.executionId(put(executionId)),
    from !== undefined && `${of.startedAt} >= ${put(from)}`,
    to !== undefined && `${of.startedAt} < ${put(to)}`,
    minDurationMs !== undefined && `${of.durationMs} >= ${put(minDurationMs)}`,
  ].filter((condition) => condition !== false);
}

function page(of: Columns, { after }: TraceFilter, put: Put): readonly string[] {
  if (after === undefined) return [];
  const startedAt = `'epoch'::timestamptz + ${put(after.startedUs)}::bigint * interval '1 microsecond'`;
  return [`(${of.startedAt}, ${of.traceId}) < (${startedAt}, decode(${put(after.traceId)}, 'hex'))`];
}
