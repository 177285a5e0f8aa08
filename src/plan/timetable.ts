/**
 * How the virtual times of a scenario pass on a real server: every moment at which something happens gets a while of real time, however
 * long it is until the next, so that a day takes no longer than a second and the order stays.
 */

export interface Timetable {
  /** What the virtual clock shows at the start, in milliseconds since 1970. */
  readonly startMs: number;
  /** When it started by the server's clock, in milliseconds since 1970; absent: with the execution. */
  readonly originMs?: number;
  /** In order of time; the first is the start. */
  readonly moments: readonly Moment[];
}

/**
 * `at`: virtual milliseconds since the start. `from`: real ones since the origin, from which on the clock shows that moment.
 * `due`: when a timer set for it goes off.
 */
export type Moment = readonly [at: number, from: number, due: number];

/** Real milliseconds after the last moment until a timer goes off that the timetable does not foresee. */
const AFTERWARDS_MS = 3_000;

/** Virtual milliseconds since the start: the clock stands still within a moment. */
export function virtualAt({ moments }: Timetable, realMs: number): number {
  return before(moments, ([, from]) => from <= realMs)?.[0] ?? 0;
}

/** When a timer for a virtual time goes off: one between two moments at the end of the earlier one. */
export function realAt({ moments }: Timetable, virtualMs: number): number {
  const index = moments.findLastIndex(([at]) => at <= virtualMs);
  const [moment, next] = [moments[index], moments[index + 1]];
  if (moment?.[0] === virtualMs) return moment[2];
  return next === undefined ? endOf(moments) + AFTERWARDS_MS : next[1] - 1;
}

/** Real milliseconds since the origin at which the last moment begins. */
export function endOf(moments: readonly Moment[]): number {
  return moments.at(-1)?.[1] ?? 0;
}

function before(moments: readonly Moment[], begun: (moment: Moment) => boolean): Moment | undefined {
  return moments[moments.findLastIndex(begun)];
}
