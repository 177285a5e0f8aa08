/** What passes a trace on through Temporal: the header that names it, and what workflow code tells its worker of steps and runs. */
import type { StepRecord } from './record';

/** Name of the header, https://www.w3.org/TR/trace-context/#traceparent-header; the same in Temporal's as in HTTP's. */
export const TRACE_HEADER = 'traceparent';

/** Where in which trace something goes on. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-|$)/;

/** Undefined for what is none. Whether it is kept is decided by the trace's id alone, so the flag is not read. */
export function parseTraceparent(text: unknown): TraceParent | undefined {
  if (typeof text !== 'string' || text.length > 200) return undefined;
  const [, traceId, spanId] = FORM.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId };
}

export function traceparent({ traceId, spanId }: TraceParent): string {
  return `00-${traceId}-${spanId}-01`;
}

/** An execution in its trace. */
export interface TracedExecution extends TraceParent {
  /** The span that it was started in; absent: nothing of the trace was before it. */
  readonly parentSpanId?: string;
}

/** The same in each of its runs: ids of runs are as random as ids of spans have to be. */
export function tracedExecution(firstRunId: string, from: TraceParent | undefined): TracedExecution {
  const spanId = spanOfRun(firstRunId);
  if (from === undefined) return { traceId: firstRunId.replaceAll('-', ''), spanId };
  return { traceId: from.traceId, spanId, parentSpanId: from.spanId };
}

/** The last 16 digits of a UUID: those in front may be a time. */
export function spanOfRun(runId: string): string {
  return runId.replaceAll('-', '').slice(16);
}

/** A step that has ended: names that definitions give, times and numbers; nothing that anybody sent. */
export interface EndedStep extends Pick<
  StepRecord,
  'path' | 'name' | 'kind' | 'status' | 'startedAt' | 'provider' | 'childExecutionId'
> {
  readonly endedAt: number;
  /** Path of the step that holds it. */
  readonly within?: string;
  /** Type of the problem that it ended with. */
  readonly error?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}

/** A run that is over; times are milliseconds since 1970. */
export interface EndedRun {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Type of the agent, where it is a task for one. */
  readonly agent?: string;
  /** `continued`: the execution goes on in another run. */
  readonly status: 'completed' | 'failed' | 'cancelled' | 'continued';
  /** Type of the problem that it ended with. */
  readonly error?: string;
}

/** Not told again in a replay. */
export interface TraceSinks {
  readonly trace: {
    readonly step: (execution: TracedExecution, step: EndedStep) => void;
    readonly run: (execution: TracedExecution, run: EndedRun) => void;
  };
}
