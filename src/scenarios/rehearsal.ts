/** What a run in memory tells about a run on a server: in which order things happen, and so what place in real time each of them gets. */
import type { Timetable } from '../plan/timetable';
import { OmniError } from '../plan/problem';
import { isAgain } from './mock-calls';
import type { Move } from './virtual-effects';
import { START_MS } from './virtual-execution';

export interface Rehearsal {
  readonly timetable: Timetable;
  /** Real milliseconds since the start, by label of what happens then. */
  readonly slots: ReadonlyMap<string, number>;
  /** The same of the end. */
  readonly endMs: number;
}

/** Real milliseconds that a server needs at the start, at each thing that happens, and for what begins then. */
const START = 150;
const MOVE = 50;
const CALL = 30;
const CHILD = 200;
/** A timetable travels with the start. */
const MAX_MOVES = 5_000;

export interface Pace {
  /** How many times the real milliseconds that a quiet machine needs. */
  readonly times: number;
  /** Real milliseconds by which the server's timers are late. */
  readonly timerMs: number;
}

export function rehearsed(moves: readonly Move[], { times, timerMs }: Pace): Rehearsal {
  if (moves.length > MAX_MOVES)
    throw new OmniError(
      'too-large',
      `${moves.length} things happen in this scenario, and on a server there may be ${MAX_MOVES}. Run it in virtual time, or with shorter loops.`,
    );
  const slots = new Map<string, number>();
  const moments: { readonly at: number; readonly from: number; due?: number; last: number }[] = [
    { at: 0, from: 0, last: 0 },
  ];
  let [calls, children, real] = [0, 0, 0];
  for (const [index, move] of moves.entries()) {
    // The work of a moment is known by what has begun when the next one comes.
    const begun = CALL * (move.calls - calls) + CHILD * (move.children - children);
    real += times * ((index === 0 ? START : MOVE) + begun) + (isTimer(move) ? timerMs : 0);
    ({ calls, children } = move);
    if (move.label !== undefined) slots.set(move.label, real);
    let moment = moments.at(-1);
    const at = move.at - START_MS;
    if (moment?.at !== at) moments.push((moment = { at, from: real, last: real }));
    moment.last = real;
    if (move.label === undefined) moment.due ??= real;
  }
  const endMs = real + times * (START + MOVE);
  return {
    slots,
    endMs,
    timetable: {
      startMs: START_MS,
      moments: moments.map(({ at, from, due }, index) => [at, from, due ?? (moments[index + 1]?.from ?? endMs) - 1]),
    },
  };
}

/** The server lets an execution wait, and a call be tried again. */
function isTimer({ label }: Move): boolean {
  return label === undefined || isAgain(label);
}
