/** The step timeline of an execution, from its own records. */
import type { CallRecord, ExecutionState, StepRecord } from '../plan/record';
import type { TimelineCall, TimelineStep } from './execution';
import type { Task } from './task';
import { tasksOf } from './task';

/** Steps in the order of starting. `now` in milliseconds since 1970 stands in for ends that are still to come. */
export function timelineOf(state: ExecutionState, executionId: string, now: number): readonly TimelineStep[] {
  const rounds = newestRounds(state.steps);
  const tasks = new Map(tasksOf(state, executionId, undefined).map((task) => [task.path, task]));
  return [...state.steps]
    .sort((a, b) => a.startedAt - b.startedAt)
    .map((record) => ({
      ...stepOf(record, now),
      ...placeOf(record, rounds),
      ...childOf(record, executionId),
      ...askedBy(tasks.get(record.path)),
    }));
}

function stepOf(record: StepRecord, now: number): TimelineStep {
  const { path, name, kind, status, startedAt, endedAt, output, error, provider, usage, reused, calls = [] } = record;
  const totalMs = (endedAt ?? now) - startedAt;
  const insideMs = calls.reduce((sum, call) => sum + call.usage.durationMs, 0);
  const waits = kind === 'wait' || kind === 'waitFor';
  const runMs = waits ? 0 : calls.length === 0 ? totalMs : Math.min(insideMs, totalMs);
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
    ...(reused === undefined ? {} : { reused }),
  };
}

/** By path of a loop: the highest round that has a record. */
function newestRounds(records: readonly StepRecord[]): ReadonlyMap<string, number> {
  const newest = new Map<string, number>();
  for (const { path } of records)
    for (const { index, 1: round } of path.matchAll(/\[(\d+)\]/g)) {
      const loop = path.slice(0, index);
      newest.set(loop, Math.max(newest.get(loop) ?? 0, Number(round)));
    }
  return newest;
}

function placeOf({ path, kind }: StepRecord, newest: ReadonlyMap<string, number>): Partial<TimelineStep> {
  const loop = kind === 'forEach' || kind === 'repeat';
  const inside = [...path.replaceAll(/\.reminders\[\d+\]/g, '').matchAll(/\[(\d+)\]/g)].at(-1)?.[1];
  const round = loop ? newest.get(path) : inside === undefined ? undefined : Number(inside);
  const phase = phaseOf(path);
  return { ...(phase === undefined ? {} : { phase }), ...(round === undefined ? {} : { round }) };
}

/** From the words that stand in a path between a step and what it holds. */
function phaseOf(path: string): TimelineStep['phase'] {
  if (path.startsWith('finally.')) return 'finally';
  if (path.endsWith('.compensate')) return 'compensation';
  if (path.includes('.reminders[')) return 'reminder';
  return path.includes('.onError.') ? 'handler' : undefined;
}

/** Records of earlier versions lack the id of a child, which follows from its parent's and the path. */
function childOf(record: StepRecord, executionId: string): Partial<TimelineStep> {
  const { kind, path, status, childExecutionId = `${executionId}.${path}` } = record;
  return kind === 'workflow' && status !== 'skipped' ? { childExecutionId } : {};
}

function askedBy(task: Task | undefined): Partial<TimelineStep> {
  if (task === undefined) return {};
  const { id, signal, status, roles, reminded, refused, deadline, answer } = task;
  return {
    task: {
      id,
      signal,
      status,
      roles,
      reminded,
      refused,
      ...(deadline === undefined ? {} : { deadline }),
      ...(answer === undefined ? {} : { answer }),
    },
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
