/**
 * Keeps workflow tasks small. What a task asks for, and the answers of local activities, which end in the task that they began in,
 * travel in one message of at most 4 MiB; an execution whose task does not fit is terminated. So calls are let through by their
 * size, and when the room is used up an activity that does nothing ends the task.
 */
import { patched, proxyActivities, sleep } from '@temporalio/workflow';
import { BREATH_ACTIVITY } from '../src/plan/breath';
import { OmniError } from '../src/plan/problem';

/** Each has headers of a kilobyte or two. */
const CALLS_PER_TASK = 200;
/** Leaves room for an outcome, or a state to carry on with, of 1.9 MB in the same task. */
const BYTES_PER_TASK = 1_600_000;

export interface Breath {
  /**
   * To be asked before an activity that puts at most so many bytes into the task: what to wait for, if anything. Of an `answer`
   * the rest is given back by `settle`, a `request` stays what it is.
   */
  take(bytes: number, what: 'request' | 'answer'): Promise<void> | undefined;
  settle(taken: number, used: number): void;
}

export function createBreath(): Breath {
  const room = new Room();
  const timers = oldBreath();
  let modern: boolean | undefined;
  return {
    take: (bytes, what) => {
      if (modern !== false && room.admits(bytes, what)) {
        if (what === 'answer') timers.count();
        return undefined;
      }
      modern ??= patched('omni:breath');
      if (modern) return room.wait(bytes, what);
      return what === 'answer' ? timers.next() : undefined;
    },
    settle: (taken, used) => room.settle(taken, used),
  };
}

class Room {
  #calls = 0;
  #bytes = 0;
  /** Taken for answers that have not come: it may be given back. */
  #open = 0;
  #pausing = false;
  #waiting: (() => void)[] = [];

  admits(bytes: number, what: 'request' | 'answer'): boolean {
    return this.#waiting.length === 0 && this.#enter(bytes, what);
  }

  async wait(bytes: number, what: 'request' | 'answer'): Promise<void> {
    while (!this.#enter(bytes, what)) {
      if (!this.#pausing && (this.#calls >= CALLS_PER_TASK || this.#open === 0)) this.#pause();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#waiting.shift()?.();
  }

  settle(taken: number, used: number): void {
    this.#open -= taken;
    this.#bytes += used - taken;
    this.#waiting.shift()?.();
  }

  #enter(bytes: number, what: 'request' | 'answer'): boolean {
    if (this.#pausing || this.#calls >= CALLS_PER_TASK) return false;
    if (this.#bytes > 0 && this.#bytes + bytes > BYTES_PER_TASK) return false;
    this.#calls += 1;
    this.#bytes += bytes;
    if (what === 'answer') this.#open += bytes;
    return true;
  }

  #pause(): void {
    this.#pausing = true;
    void breathe().then(() => {
      this.#pausing = false;
      this.#calls = 0;
      this.#bytes = this.#open;
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }
}

/** Ends the workflow task. */
export function breathe(): Promise<void> {
  const { [BREATH_ACTIVITY]: rest } = proxyActivities<Record<string, () => Promise<void>>>({
    startToCloseTimeout: '10s',
    summary: 'ends a workflow task',
  });
  if (rest === undefined) throw new OmniError('internal', 'The activity that ends a workflow task is not there.');
  return rest();
}

/** As executions did it that began before there was an activity for it: a timer after so many local calls. */
function oldBreath() {
  let calls = 0;
  let pause: Promise<void> | undefined;
  const next = (): Promise<void> | undefined => {
    if (pause !== undefined) return pause.then(next);
    calls += 1;
    if (calls <= CALLS_PER_TASK) return undefined;
    calls = 0;
    pause = sleep(1).finally(() => {
      pause = undefined;
    });
    return pause.then(next);
  };
  return { next, count: () => void (calls += 1) };
}
