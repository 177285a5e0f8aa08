/** `Effects` in memory: time moves only when everything waits, so a day passes in a millisecond and equal inputs give equal runs. */
import type { CancelToken } from '../interpreter/cancel-token';
import type { Effects } from '../interpreter/effects';
import type { OpenTask } from '../interpreter/state';
import type { AgentTaskRequest } from '../plan/agent';
import type { BlobReference } from '../plan/blob';
import { MAX_VALUE_BYTES } from '../plan/blob';
import type { CallOutcome, CallRequest } from '../plan/call';
import type { ChildOutcome, ChildRequest } from '../plan/child';
import type { EmitOutcome, EmitRequest } from '../plan/emit';
import type { Json } from '../plan/json';
import { canonical, jsonBytes } from '../plan/json';
import { OmniError, problemOf } from '../plan/problem';
import { NO_USAGE } from '../plan/record';
import { sha256 } from '../plan/sha256';
import type { RankRequest } from '../plan/preference';
import type { TurnOutcome } from '../plan/turn';
import type { ListPart, Page } from '../plan/stored-list';
import { isItems, pageOf } from '../plan/stored-list';

/** What a call comes to, and after how many milliseconds. */
export interface VirtualAnswer {
  readonly afterMs: number;
  readonly outcome: CallOutcome;
}

/** What may be used of virtual time by whoever plays the far side. */
export interface VirtualClock {
  readonly now: () => number;
  /** Resolves when the time is over, or at once when the call is cancelled. `label`: what happens then, once in an execution. */
  readonly sleep: (ms: number, label?: string) => Promise<'over' | 'cancelled'>;
}

/** At once, or bit by bit. */
type Played<Request, Answer, Outcome> = (
  request: Request,
  clock: VirtualClock,
  cancel: CancelToken,
) => Answer | Promise<Outcome>;

export interface VirtualOptions {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly seed: string;
  readonly answer: Played<CallRequest, VirtualAnswer, CallOutcome>;
  /** What other definitions come to. */
  readonly child?: Played<ChildRequest, { readonly afterMs: number; readonly outcome: ChildOutcome }, ChildOutcome>;
  readonly agent?: Played<AgentTaskRequest, { readonly afterMs: number; readonly outcome: ChildOutcome }, ChildOutcome>;
  /** Which providers do best; absent: nobody can tell, so they stay in the order written. */
  readonly rank?: (request: RankRequest) => readonly number[] | undefined;
  readonly onEmit?: (request: EmitRequest, now: number) => void;
  /** Stored values by hash. */
  readonly blobs?: Readonly<Record<string, Json>>;
  readonly onAwaiting?: (open: ReadonlyMap<string, OpenTask>) => void;
  /** Called before each thing that happens when its time has come. */
  readonly onMove?: (move: Move) => void;
  /** Continue as new after so many calls of a round; absent: never. */
  readonly continueEvery?: number;
}

/** Work waits for something that no one will bring about. */
export class NothingHappens extends Error {}

/** Something whose time has come: what its label says, or a wait of an execution. */
export interface Move {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly label?: string;
  /** That have begun so far; events are calls too. */
  readonly calls: number;
  readonly children: number;
}

interface Event {
  readonly at: number;
  readonly label: string | undefined;
  readonly order: number;
  readonly fire: () => void;
}

export class VirtualEffects implements Effects {
  readonly #options: VirtualOptions;
  readonly #blobs: Map<string, Json>;
  #now: number;
  #order = 0;
  #events: Event[] = [];
  #callsOfRound = 0;
  #emitted = 0;
  #tasks = 0;
  /** Every call that was begun, in order. */
  readonly calls: CallRequest[] = [];
  readonly children: ChildRequest[] = [];

  constructor(options: VirtualOptions) {
    this.#options = options;
    this.#blobs = new Map(Object.entries(options.blobs ?? {}));
    this.#now = options.startMs;
  }

  now(): number {
    return this.#now;
  }

  /** Source of `uuid()` for executions begun here. */
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
    return this.#played(this.#options.answer(request, this.#clock(cancel), cancel), cancel);
  }

  async child(request: ChildRequest, cancel: CancelToken): Promise<ChildOutcome> {
    this.children.push(request);
    const { child = unknownChild } = this.#options;
    const outcome = await this.#played(child(request, this.#clock(cancel), cancel), cancel);
    return outcome.status === 'cancelled' ? { usage: NO_USAGE, ...outcome } : outcome;
  }

  async agent(request: AgentTaskRequest, cancel: CancelToken): Promise<ChildOutcome> {
    this.#callsOfRound += 1;
    this.#tasks += 1;
    const { agent = noAgent } = this.#options;
    const outcome = await this.#played(agent(request, this.#clock(cancel), cancel), cancel);
    return outcome.status === 'cancelled' ? { usage: NO_USAGE, ...outcome } : outcome;
  }

  rank(request: RankRequest): Promise<readonly number[] | undefined> {
    return Promise.resolve(this.#options.rank?.(request));
  }

  /** There is nobody else in virtual time. */
  turn(): Promise<TurnOutcome> {
    return Promise.resolve({ status: 'granted' });
  }

  giveBack(): Promise<void> {
    return Promise.resolve();
  }

  /** Events are noted and start nothing: what listens is tested by scenarios of its own. */
  emit(request: EmitRequest, cancel: CancelToken): Promise<EmitOutcome> {
    if (cancel.reason !== undefined) return Promise.resolve({ status: 'cancelled' });
    this.#callsOfRound += 1;
    this.#emitted += 1;
    this.#options.onEmit?.(request, this.#now);
    return Promise.resolve({ status: 'completed' });
  }

  async #played<Outcome>(
    played: { readonly afterMs: number; readonly outcome: Outcome } | Promise<Outcome>,
    cancel: CancelToken,
  ): Promise<Outcome | { readonly status: 'cancelled' }> {
    if (played instanceof Promise) return played;
    return (await this.#after(played.afterMs, cancel)) === 'over' ? played.outcome : { status: 'cancelled' };
  }

  #clock(cancel: CancelToken): VirtualClock {
    return { now: () => this.#now, sleep: (ms, label) => this.#after(ms, cancel, label) };
  }

  open(reference: BlobReference, from: number): Promise<Page> {
    return Promise.resolve().then(() => pageOf(this.stored(reference), from));
  }

  store(parts: readonly ListPart[]): Promise<BlobReference> {
    return Promise.resolve().then(() => {
      const list = parts.flatMap((part): readonly Json[] => (isItems(part) ? part : this.stored(part)));
      const bytes = jsonBytes(list);
      if (bytes > MAX_VALUE_BYTES)
        throw new OmniError('too-large', `The list is ${bytes} bytes, above ${MAX_VALUE_BYTES}.`);
      const $blob = `stored-${sha256(canonical(list))}`;
      this.#blobs.set($blob, list);
      return { $blob, bytes, mediaType: 'application/json' };
    });
  }

  storesLists(): boolean {
    return true;
  }

  /** Whether a stored value was stored here. */
  holds({ $blob }: BlobReference): boolean {
    return this.#blobs.has($blob);
  }

  /** What a stored value holds. Throws where it is no list. */
  stored({ $blob }: BlobReference): readonly Json[] {
    const value = this.#blobs.get($blob);
    if (value === undefined) throw new OmniError('not-found', `There is no stored value ${$blob}.`);
    if (Array.isArray(value)) return value as readonly Json[];
    throw new OmniError('expression', 'A forEach goes over a stored value that is no list.');
  }

  awaiting(open: ReadonlyMap<string, OpenTask>): void {
    this.#options.onAwaiting?.(open);
  }

  async sleep(ms: number, cancel: CancelToken, label?: string): Promise<void> {
    await this.#after(ms, cancel, label);
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
      if (next === undefined) throw new NothingHappens('Everything waits, and nothing is left to happen.');
      this.#now = Math.max(this.#now, next.at);
      this.#tell(next);
      next.fire();
    }
    this.#events = [];
    this.#callsOfRound = 0;
    return settled;
  }

  #tell({ label }: Event): void {
    const { calls, children } = this;
    const begun = { calls: calls.length + this.#emitted, children: children.length + this.#tasks };
    this.#options.onMove?.({ at: this.#now, ...begun, ...(label === undefined ? {} : { label }) });
  }

  #after(ms: number, cancel: CancelToken, label?: string): Promise<'over' | 'cancelled'> {
    if (cancel.reason !== undefined) return Promise.resolve('cancelled');
    return new Promise((resolve) => {
      const event: Event = { at: this.#now + ms, label, order: this.#order++, fire: () => end('over') };
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

function noAgent({ agent }: AgentTaskRequest): { afterMs: number; outcome: ChildOutcome } {
  const error = problemOf('no-agent', `There is no agent of the type ${agent}.`);
  return { afterMs: 0, outcome: { status: 'failed', error, usage: NO_USAGE } };
}

/** Lets every promise that can move, move. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
