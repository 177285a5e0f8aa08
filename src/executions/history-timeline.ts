/** The step timeline of an execution as Temporal's history alone tells it, for when no worker answers. */
import type { CallAnswer, CallFailure } from '../plan/call';
import { EMIT_ACTIVITY } from '../plan/emit';
import type { Json } from '../plan/json';
import { isObject, own } from '../plan/json';
import type { Problem } from '../plan/problem';
import { problemOf } from '../plan/problem';
import type { StepStatus, Usage } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import type { HistoryEvent, TimelineCall, TimelineStep } from './execution';

/** A call as history tells it, in the making. */
interface Seen {
  readonly path: string;
  readonly number: number;
  readonly kind: 'tool' | 'emit';
  readonly startedAt: string;
  status: TimelineCall['status'];
  attempts: number;
  endedAt?: string;
  answer?: CallAnswer;
  failure?: CallFailure;
  error?: Problem;
}

/** What history alone tells: the steps that called a tool, without those that only steer. */
export function timelineOfHistory(events: readonly HistoryEvent[], now: number): readonly TimelineStep[] {
  const calls = callsOf(events);
  const paths = [...new Set(calls.map((call) => call.path))];
  return paths.map((path) =>
    stepOfCalls(
      path,
      calls.filter((call) => call.path === path),
      now,
    ),
  );
}

/** What each call of a step was given, by call number: recorded for remote calls only. */
export function inputsOf(events: readonly HistoryEvent[], path: string): ReadonlyMap<number, Json> {
  const inputs = new Map<number, Json>();
  for (const { type, attributes } of events) {
    const id = type === 'ActivityTaskScheduled' ? callId(attributes['activityId']) : undefined;
    const argument = firstOf(attributes['input']);
    const input = own(argument, 'input') ?? own(argument, 'data');
    if (id?.path === path && input !== undefined) inputs.set(id.number, input);
  }
  return inputs;
}

function callsOf(events: readonly HistoryEvent[]): readonly Seen[] {
  const remote = new Map<number, Seen>();
  const all: Seen[] = [];
  for (const event of events) {
    const { type, attributes, time, id } = event;
    if (type === 'ActivityTaskScheduled') {
      const call = callId(attributes['activityId']);
      if (call === undefined) continue;
      const kind = own(attributes['activityType'], 'name') === EMIT_ACTIVITY ? 'emit' : 'tool';
      const seen: Seen = { ...call, kind, startedAt: time, status: 'running', attempts: 0 };
      remote.set(id, seen);
      all.push(seen);
    } else if (type === 'MarkerRecorded') {
      const seen = localCall(event);
      if (seen !== undefined) all.push(seen);
    } else {
      const seen = remote.get(Number(attributes['scheduledEventId']));
      if (seen !== undefined) settle(seen, event);
    }
  }
  return all;
}

function settle(seen: Seen, { type, attributes, time }: HistoryEvent): void {
  if (type === 'ActivityTaskStarted') {
    seen.attempts = Number(attributes['attempt'] ?? 1);
    return;
  }
  if (type === 'ActivityTaskCompleted') {
    const answer = firstOf(attributes['result']);
    seen.status = 'completed';
    if (isObject(answer)) seen.answer = answer as unknown as CallAnswer;
  } else if (type === 'ActivityTaskFailed' || type === 'ActivityTaskTimedOut') {
    seen.status = 'failed';
    fail(seen, attributes['failure']);
  } else if (type === 'ActivityTaskCanceled') seen.status = 'cancelled';
  else return;
  seen.endedAt = time;
}

function fail(seen: Seen, failure: Json | undefined): void {
  const details = own(own(failure, 'applicationFailureInfo'), 'details');
  const detail = firstOf(details);
  if (isObject(detail) && isObject(detail['problem'])) {
    seen.failure = detail as unknown as CallFailure;
    seen.error = seen.failure.problem;
    return;
  }
  const message = own(failure, 'message');
  seen.error = problemOf('outcome-unknown', typeof message === 'string' ? message : 'The call was lost.');
}

/** A local activity leaves one marker when it has ended; see https://docs.temporal.io/local-activity. */
function localCall({ attributes, time }: HistoryEvent): Seen | undefined {
  if (attributes['markerName'] !== 'core_local_activity') return undefined;
  const details = attributes['details'];
  const data = firstOf(own(details, 'data'));
  const call = callId(own(data, 'activity_id'));
  if (call === undefined) return undefined;
  const seen: Seen = {
    ...call,
    kind: 'tool',
    startedAt: time,
    endedAt: time,
    status: 'completed',
    attempts: Number(own(data, 'attempt') ?? 1),
  };
  const answer = firstOf(own(details, 'result'));
  if (isObject(answer)) seen.answer = answer as unknown as CallAnswer;
  if (isObject(attributes['failure'])) {
    seen.status = 'failed';
    fail(seen, attributes['failure']);
  }
  return seen;
}

function stepOfCalls(path: string, calls: readonly Seen[], now: number): TimelineStep {
  const last = calls.at(-1);
  const usage = calls.reduce<Usage>((sum, call) => addUsage(sum, usageOf(call)), NO_USAGE);
  const startedAt = calls[0]?.startedAt ?? new Date(now).toISOString();
  const endedAt = last?.endedAt;
  const totalMs = (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt);
  const runMs = Math.min(usage.durationMs, totalMs);
  const provider = last?.answer?.provider ?? last?.failure?.provider;
  const status: StepStatus = last?.status ?? 'running';
  return {
    path,
    name: nameOf(path),
    kind: last?.kind ?? 'tool',
    status,
    ...(provider === undefined ? {} : { provider }),
    attempts: calls.reduce((sum, call) => sum + attemptsOf(call), 0),
    skipped: calls.flatMap((call) => call.answer?.skipped ?? call.failure?.skipped ?? []),
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    waitMs: totalMs - runMs,
    runMs,
    usage,
    ...(last?.answer === undefined ? {} : { output: last.answer.output }),
    ...(last?.error === undefined ? {} : { error: last.error }),
    calls: calls.map(callOfSeen),
  };
}

function callOfSeen(call: Seen): TimelineCall {
  const provider = call.answer?.provider ?? call.failure?.provider;
  return {
    number: call.number,
    status: call.status,
    ...(provider === undefined ? {} : { provider }),
    attempts: attemptsOf(call),
    skipped: call.answer?.skipped ?? call.failure?.skipped ?? [],
    startedAt: call.startedAt,
    ...(call.endedAt === undefined ? {} : { endedAt: call.endedAt }),
    usage: usageOf(call),
    ...(call.error === undefined ? {} : { error: call.error }),
  };
}

function usageOf(call: Seen): Usage {
  return call.answer?.usage ?? call.failure?.usage ?? NO_USAGE;
}

function attemptsOf(call: Seen): number {
  return call.answer?.attempts ?? call.failure?.attempts ?? call.attempts;
}

/** `each[3].score#2` is call 2 of the step `each[3].score`. */
function callId(activityId: Json | undefined): { path: string; number: number } | undefined {
  const match = typeof activityId === 'string' ? /^(.+)#(\d+)$/.exec(activityId) : null;
  return match === null ? undefined : { path: match[1] ?? '', number: Number(match[2]) };
}

function nameOf(path: string): string {
  return (path.split('.').at(-1) ?? path).replace(/\[\d+\]$/, '');
}

function firstOf(value: Json | undefined): Json | undefined {
  return Array.isArray(value) ? (value[0] as Json | undefined) : value;
}
