/** `Effects` in memory: time moves only when everything waits, so a day passes in a millisecond and equal inputs give equal runs. */
import type { CancelToken } from '../interpreter/cancel-token';
import type { Effects } from '../interpreter/effects';
import type { OpenTask } from '../interpreter/state';
import type { BlobReference } from '../plan/blob';
import type { CallOutcome, CallRequest } from '../plan/call';
import type { ChildOutcome, ChildRequest } from '../plan/child';
import type { Json } from '../plan/json';
import { OmniError, problemOf } from '../plan/problem';
import { NO_USAGE } from '../plan/record';

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
  /** What other definitions come to. */
  readonly child?: (request: ChildRequest) => { readonly afterMs: number; readonly outcome: ChildOutcome };
  /** Stored values by hash. */
  readonly blobs?: Readonly<Record<string, Json>>;
  readonly onAwaiting?: (open: ReadonlyMap<string, OpenTask>) => void;
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
  readonly children: ChildRequest[] = [];

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

  async child(request: ChildRequest, cancel: CancelToken): Promise<ChildOutcome> {
    this.children.push(request);
    const { afterMs, outcome } = this.#options.child?.(request) ?? unknownChild(request);
    return (await this.#after(afterMs, cancel)) === 'over' ? outcome : { status: 'cancelled' };
  }

  open({ $blob }: BlobReference): Promise<Json> {
    const value = this.#options.blobs?.[$blob];
    return value === undefined
      ? Promise.reject(new OmniError('not-found', `There is no stored value ${$blob}.`))
      : Promise.resolve(value);
  }

  awaiting(open: ReadonlyMap<string, OpenTask>): void {
    this.#options.onAwaiting?.(open);
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

function unknownChild({ workflow }: ChildRequest): { afterMs: number; outcome: ChildOutcome } {
  const error = problemOf('not-found', `There is no definition "${workflow}".`);
  return { afterMs: 0, outcome: { status: 'failed', error, usage: NO_USAGE } };
}

/** Lets every promise that can move, move. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
