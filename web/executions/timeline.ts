/** The timeline of an execution: for each step when it waited in queues, worked, waited for people or for a time; long waits folded. */
import type { Step } from '../shapes';
import type { Attempt, Attempts } from './attempts';

/** `hold`: steps inside it ran. */
export type Shade = 'queue' | 'run' | 'human' | 'timer' | 'hold';

export interface Segment {
  readonly shade: Shade;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Number of the call, where it is one. */
  readonly call?: number;
  /** Number of the attempt, where each is known. */
  readonly attempt?: number;
  readonly provider?: string;
  readonly failed?: true;
}

export interface TimelineRow {
  readonly path: string;
  readonly name: string;
  /** How deep it lies in other steps. */
  readonly depth: number;
  readonly status: string;
  readonly from: number;
  readonly to: number;
  readonly segments: readonly Segment[];
  readonly tokens: number;
  readonly costUsd: number;
}

const NONE: Attempts = new Map();

/** `now` stands in for ends that are still to come. Steps that were taken over from an execution before are left out. */
export function timelineRows(steps: readonly Step[], now: number, attempts = NONE): readonly TimelineRow[] {
  const holders = new Set(steps.flatMap(({ path }) => outerPaths(path)));
  return steps
    .filter(({ reused, status }) => reused !== true && status !== 'skipped')
    .map((step) => {
      const from = Date.parse(step.startedAt);
      const to = Math.max(from, step.endedAt === undefined ? now : Date.parse(step.endedAt));
      return {
        path: step.path,
        name: step.name,
        depth: step.path.split('.').length - 1,
        status: step.status,
        from,
        to,
        segments: holders.has(step.path) ? [piece('hold', from, to)] : segmentsOf(step, { from, to, now }, attempts),
        tokens: (step.usage?.inputTokens ?? 0) + (step.usage?.outputTokens ?? 0),
        costUsd: step.usage?.costUsd ?? 0,
      };
    });
}

/** `a`, `a.b` and `a.b[2]` of `a.b[2].c`. */
function outerPaths(path: string): readonly string[] {
  return [...path.matchAll(/[.[]/g)].map(({ index }) => path.slice(0, index));
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function segmentsOf(
  step: Step,
  { from, to, now }: Span & { readonly now: number },
  attempts: Attempts,
): readonly Segment[] {
  if (step.kind === 'waitFor') {
    const answered = step.task?.answer === undefined ? to : Math.min(to, Date.parse(step.task.answer.at));
    return [piece('human', from, answered), piece('run', answered, to)].filter(({ from: a, to: b }) => b > a);
  }
  if (step.kind === 'wait') return [piece('timer', from, to)];
  if (step.calls.length === 0) return withoutCalls(step, { from, to });
  const tried = attempts.get(step.path) ?? [];
  // Spans come a moment after the calls, and some may be lost: then the calls tell what they can.
  if (step.endedAt !== undefined && tried.length >= triesOf(step)) return eachAttempt(tried, { from, to });
  const segments: Segment[] = [];
  let reached = from;
  for (const call of step.calls) {
    const began = Math.max(reached, Date.parse(call.startedAt));
    const ended = Math.max(began, call.endedAt === undefined ? now : Date.parse(call.endedAt));
    if (began > reached) segments.push(piece('queue', reached, began));
    // What a call took beyond the time inside the provider it waited: in the queue, and between attempts.
    const worked = Math.min(ended - began, call.usage?.durationMs ?? ended - began);
    if (ended - worked > began) segments.push(piece('queue', began, ended - worked));
    segments.push({
      ...piece('run', ended - worked, ended),
      call: call.number,
      ...(call.provider === undefined ? {} : { provider: call.provider }),
      ...(call.status === 'failed' ? { failed: true } : {}),
    });
    reached = ended;
  }
  if (to > reached) segments.push(piece('queue', reached, to));
  return segments;
}

function triesOf({ calls }: Step): number {
  return calls.reduce((sum, call) => sum + (call.attempts ?? 1), 0);
}

function eachAttempt(attempts: readonly Attempt[], { from, to }: Span): readonly Segment[] {
  const segments: Segment[] = [];
  let reached = from;
  for (const attempt of attempts) {
    // Clocks of workers differ a little.
    const began = Math.min(to, Math.max(reached, attempt.from));
    const ended = Math.min(to, Math.max(began, attempt.to));
    if (began > reached) segments.push(piece('queue', reached, began));
    segments.push({
      ...piece('run', began, ended),
      attempt: attempt.number,
      ...(attempt.provider === undefined ? {} : { provider: attempt.provider }),
      ...(attempt.failed ? { failed: true } : {}),
    });
    reached = ended;
  }
  if (to > reached) segments.push(piece('queue', reached, to));
  return segments;
}

/** Of an agent's work the time in its hands is known, and that it came last. */
function withoutCalls({ kind, usage, endedAt }: Step, { from, to }: Span): readonly Segment[] {
  if (kind !== 'tool' && kind !== 'agent') return [piece('run', from, to)];
  const worked = endedAt === undefined ? 0 : Math.min(to - from, usage?.durationMs ?? 0);
  const queued = piece('queue', from, to - worked);
  return worked === 0 ? [queued] : [queued, piece('run', to - worked, to)];
}

function piece(shade: Shade, from: number, to: number): Segment {
  return { shade, from, to };
}

export interface TimeScale {
  /** 0 at the beginning, 1 at the end. */
  readonly at: (time: number) => number;
  /** The stretch that is drawn shorter than it was. */
  readonly fold?: { readonly from: number; readonly to: number };
  readonly from: number;
  readonly to: number;
}

/** A stretch in which nothing begins or ends takes at most this share of the width, however long it was. */
const WIDEST = 0.6;
/** Shorter stretches are drawn as long as they were. */
const LONG_MS = 60_000;

/** One long wait would press everything else into a line: it is drawn shorter. */
export function timeScale(rows: readonly TimelineRow[]): TimeScale {
  const times = [...new Set(rows.flatMap(({ segments }) => segments.flatMap(({ from, to }) => [from, to])))].sort(
    (a, b) => a - b,
  );
  const from = times[0] ?? 0;
  const to = times.at(-1) ?? from;
  const gaps = times.slice(1).map((end, index) => ({ from: times[index] ?? end, to: end }));
  const longest = gaps.reduce<Span>((most, gap) => (gap.to - gap.from > most.to - most.from ? gap : most), {
    from,
    to: from,
  });
  const length = longest.to - longest.from;
  const rest = to - from - length;
  const shown = Math.min(length, (rest * WIDEST) / (1 - WIDEST));
  // Short, nothing to make room for, or nothing won.
  if (length < LONG_MS || rest === 0 || shown > length * 0.8) {
    const whole = Math.max(1, to - from);
    return { from, to, at: (time) => clamp((time - from) / whole) };
  }
  const whole = rest + shown;
  const at = (time: number): number => {
    if (time <= longest.from) return clamp((time - from) / whole);
    if (time >= longest.to) return clamp((time - from - length + shown) / whole);
    return clamp((longest.from - from + ((time - longest.from) / length) * shown) / whole);
  };
  return { from, to, at, fold: longest };
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
