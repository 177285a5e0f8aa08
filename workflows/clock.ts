/** The clock of an execution: Temporal's own, or that of a scenario, whose times go by a timetable. */
import { sleep, workflowInfo } from '@temporalio/workflow';
import type { Timetable } from '../src/plan/timetable';
import { endOf, realAt, virtualAt } from '../src/plan/timetable';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects when its scope is cancelled. */
  sleep(ms: number): Promise<void>;
  /** Of a scenario: what other executions of it go by. */
  readonly timetable?: Timetable;
  /** Real milliseconds that a call may take beyond its timeout. */
  readonly slackMs: number;
}

const SERVER_CLOCK: Clock = { now: () => Date.now(), sleep: (ms) => sleep(ms), slackMs: 0 };

export function createClock(given: Timetable | undefined): Clock {
  if (given === undefined) return SERVER_CLOCK;
  const originMs = given.originMs ?? workflowInfo().startTime.getTime();
  const timetable = { ...given, originMs };
  const elapsed = (): number => Date.now() - originMs;
  // The last timer that went off: it is never earlier than that, even where the timetable knows nothing of it.
  let reached = 0;
  const since = (): number => Math.max(reached, virtualAt(timetable, elapsed()));
  return {
    timetable,
    slackMs: endOf(timetable.moments),
    now: () => timetable.startMs + since(),
    async sleep(ms) {
      const until = since() + ms;
      await sleep(Math.max(1, realAt(timetable, until) - elapsed()));
      reached = Math.max(reached, until);
    },
  };
}
