/** `Effects` in memory: time moves only when everything waits, so a day passes in a millisecond and equal inputs give equal runs. */
import type { CancelToken } from '../interpreter/cancel-token';
import type { Effects } from '../interpreter/effects';
import type { CallOutcome, CallRequest } from '../plan/call';

/** What a call comes to, and after how many milliseconds. */
export interface VirtualAnswer {
  readonly afterMs: number;
  readonly outcome: CallOutcome;
}

export interface VirtualOptions {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly seed: string;
  readonly answer: (request: CallRequest) => VirtualAnswer;
  /** Continue as new after so many calls of a round; absent: never. */
  readonly continueEvery?: number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

export class VirtualEffects implements Effects {
  readonly #options: VirtualOptions;
  #now: number;
  #order = 0;
  #events: Event[] = [];
  #callsOfRound = 0;
  /** Every call that was begun, in order. */
  readonly calls: CallRequest[] = [];

  constructor(options: VirtualOptions) {
    this.#options = options;
    this.#now = options.startMs;
  }

  now(): number {
    return this.#now;
  }

  seed(): string {
    return this.#options.seed;
  }

  continueDue(): boolean {
    const { continueEvery } = this.#options;
    return continueEvery !== undefined && this.#callsOfRound >= continueEvery;
  }

  async call(request: CallRequest, _options: unknown, cancel: CancelToken): Promise<CallOutcome> {
    this.calls.push(request);
    this.#callsOfRound += 1;
    const { afterMs, outcome } = this.#options.answer(request);
    return (await this.#after(afterMs, cancel)) === 'over' ? outcome : { status: 'cancelled' };
  }

  async sleep(ms: number, cancel: CancelToken): Promise<void> {
    await this.#after(ms, cancel);
  }

  /** Moves time until the work is done. Waits that nobody asks for any more are dropped with the round. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settled = work.finally(() => {
      done = true;
    });
    settled.catch(() => undefined);
    for (await turn(); !done; await turn()) {
      const next = this.#events.shift();
      if (next === undefined) throw new Error('Everything waits, and nothing is left to happen.');
      this.#now = Math.max(this.#now, next.at);
      next.fire();
    }
    this.#events = [];
    this.#callsOfRound = 0;
    return settled;
  }

  #after(ms: number, cancel: CancelToken): Promise<'over' | 'cancelled'> {
    if (cancel.reason !== undefined) return Promise.resolve('cancelled');
    return new Promise((resolve) => {
      const event: Event = { at: this.#now + ms, order: this.#order++, fire: () => end('over') };
      const stop = cancel.onCancel(() => end('cancelled'));
      const end = (how: 'over' | 'cancelled'): void => {
        stop();
        this.#events = this.#events.filter((other) => other !== event);
        resolve(how);
      };
      const at = this.#events.findIndex((other) => other.at > event.at);
      this.#events.splice(at === -1 ? this.#events.length : at, 0, event);
    });
  }
}

/** Lets every promise that can move, move. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
