/** The step timeline of an execution, from its own records. */
import type { CallRecord, StepRecord } from '../plan/record';
import type { TimelineCall, TimelineStep } from './execution';

/** Steps in the order of starting. `now` in milliseconds since 1970 stands in for ends that are still to come. */
export function timelineOf(records: readonly StepRecord[], now: number): readonly TimelineStep[] {
  return [...records].sort((a, b) => a.startedAt - b.startedAt).map((record) => stepOf(record, now));
}

function stepOf(record: StepRecord, now: number): TimelineStep {
  const { path, name, kind, status, startedAt, endedAt, output, error, provider, usage, calls = [] } = record;
  const totalMs = (endedAt ?? now) - startedAt;
  const insideMs = calls.reduce((sum, call) => sum + call.usage.durationMs, 0);
  const runMs = calls.length === 0 ? totalMs : Math.min(insideMs, totalMs);
  return {
    path,
    name,
    kind,
    status,
    ...(provider === undefined ? {} : { provider }),
    attempts: calls.reduce((sum, call) => sum + call.attempts, 0),
    skipped: calls.flatMap((call) => call.skipped),
    startedAt: iso(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: iso(endedAt) }),
    waitMs: totalMs - runMs,
    runMs,
    ...(usage === undefined ? {} : { usage }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    calls: calls.map(callOf),
  };
}

function callOf(call: CallRecord): TimelineCall {
  const { number, status, provider, attempts, skipped, usage, error } = call;
  return {
    number,
    status,
    provider,
    attempts,
    skipped,
    startedAt: iso(call.startedAt),
    endedAt: iso(call.endedAt),
    usage,
    ...(error === undefined ? {} : { error }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
