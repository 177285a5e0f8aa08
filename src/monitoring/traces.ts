/** Traces that are kept here: lists of them, one with all its spans, figures, and until when they stay. */
import type { Logger } from 'pino';
import { OmniError } from '../plan/problem';
import type { KeptSpan, SpanTable, TraceFigures } from '../store/span-table';
import type { TraceFilter, TracePosition, TraceRow } from '../store/trace-rows';

export interface TraceQuery extends Omit<TraceFilter, 'after' | 'traceId'> {
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface TracePage {
  readonly traces: readonly TraceRow[];
  readonly next?: string;
}

export interface TraceDetail {
  readonly trace: TraceRow;
  /** In order of their start. */
  readonly spans: readonly KeptSpan[];
}

export interface Traces {
  /** Newest first. Throws `validation` for a cursor that is not ours. */
  list(query: TraceQuery): Promise<TracePage>;
  /** The first 5,000 of its spans. Throws `not-found`. */
  get(traceId: string): Promise<TraceDetail>;
  /** Of executions that began since then, and have ended. */
  figures(since: Date): Promise<TraceFigures>;
}

export interface TracesParts {
  readonly table: Pick<SpanTable, 'find' | 'trace' | 'spans' | 'figures' | 'drop'>;
  /** Namespace and task queue. */
  readonly home: string;
  /** How long a trace is kept after its last span. */
  readonly days: number;
  readonly logger: Logger;
  /** Milliseconds between two looks for old ones; default ten minutes. */
  readonly everyMs?: number;
}

export const MOST_SPANS = 5_000;
const DAY_MS = 24 * 60 * 60_000;
const EVERY_MS = 10 * 60_000;

/** Also deletes what is too old, until it is stopped. */
export function openTraces({
  table,
  home,
  days,
  logger,
  everyMs = EVERY_MS,
}: TracesParts): Traces & { stop(): Promise<void> } {
  let stopped = false;
  let heard = true;
  const drop = async (): Promise<void> => {
    try {
      while (!stopped && (await table.drop(home, days * DAY_MS)));
      heard = true;
    } catch (error) {
      if (heard) logger.warn({ error }, 'old traces not deleted');
      heard = false;
    }
  };
  let dropping: Promise<void> = Promise.resolve();
  const timer = setInterval(() => void (dropping = dropping.then(drop)), everyMs);
  timer.unref();
  return {
    async list({ cursor, limit, ...filter }) {
      const after = cursor === undefined ? {} : { after: fromCursor(cursor) };
      const rows = await table.find(home, { ...filter, ...after, limit: limit + 1 });
      const traces = rows.slice(0, limit);
      const last = traces.at(-1);
      return { traces, ...(rows.length > limit && last !== undefined && { next: toCursor(last) }) };
    },
    async get(traceId) {
      const [trace, spans] = await Promise.all([table.trace(home, traceId), table.spans(home, traceId, MOST_SPANS)]);
      if (trace === undefined)
        throw new OmniError(
          'not-found',
          `There is no trace ${traceId} here. Traces are kept for ${days} days (OMNI_TRACE_DAYS), and of those that OMNI_TRACE_RATIO chose.`,
        );
      return { trace, spans };
    },
    figures: (since) => table.figures(home, since),
    async stop() {
      stopped = true;
      clearInterval(timer);
      await dropping;
    },
  };
}

function toCursor({ startedUs, traceId }: TracePosition): string {
  return Buffer.from(`${startedUs} ${traceId}`).toString('base64url');
}

/** Throws `validation` for what was never handed out. */
function fromCursor(cursor: string): TracePosition {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, startedUs, traceId] = /^(\d{1,16}) ([0-9a-f]{32})$/.exec(text) ?? [];
  if (startedUs === undefined || traceId === undefined)
    throw new OmniError('validation', 'The cursor is not one that was handed out. Begin without one.');
  return { startedUs: Number(startedUs), traceId };
}
