/** All that the interpreter asks of the world. Temporal implements it in `workflows/`, virtual time in `src/scenarios`. */
import type { AgentTaskRequest } from '../plan/agent';
import type { BlobReference } from '../plan/blob';
import type { CallOutcome, CallRequest } from '../plan/call';
import type { ChildOutcome, ChildRequest } from '../plan/child';
import type { EmitOutcome, EmitRequest } from '../plan/emit';
import type { RankRequest } from '../plan/preference';
import type { StepRecord } from '../plan/record';
import type { ListPart, Page } from '../plan/stored-list';
import type { TurnOutcome, TurnRequest } from '../plan/turn';
import type { CancelToken } from './cancel-token';
import type { OpenTask } from './state';

export interface CallOptions {
  readonly placement: 'local' | 'remote';
  /** What a person sees beside the call: `speech_to_text · openrouter`. */
  readonly summary: string;
}

export interface Effects {
  /** Milliseconds since 1970; the same on every replay. */
  now(): number;
  /** Calls one provider of the chain. Never rejects; a cancelled call resolves at once as `cancelled`. */
  call(request: CallRequest, options: CallOptions, cancel: CancelToken): Promise<CallOutcome>;
  /** Starts another execution, and waits for its end where the request says so. Never rejects. */
  child(request: ChildRequest, cancel: CancelToken): Promise<ChildOutcome>;
  /** Gives an agent a task and waits for its end. Never rejects. */
  agent(request: AgentTaskRequest, cancel: CancelToken): Promise<ChildOutcome>;
  /**
   * The queue of whoever is to go on with a task: agents of this type. Undefined where nobody is there in time, or it was cancelled.
   * Absent in a scenario, whose agents are its own, and wherever tasks are not matched.
   */
  place?(agent: string, cancel: CancelToken): Promise<string | undefined>;
  /** Delivers an event, at least once. Never rejects; a cancelled delivery resolves at once as `cancelled`. */
  emit(request: EmitRequest, cancel: CancelToken): Promise<EmitOutcome>;
  /** Positions of the providers, those that do best at present first; undefined where nobody can tell. Never rejects. */
  rank(request: RankRequest): Promise<readonly number[] | undefined>;
  /** Waits until the execution may be at work. Never rejects. */
  turn(request: TurnRequest, cancel: CancelToken): Promise<TurnOutcome>;
  /** Lets the next one of the lock be at work. */
  giveBack(lock: string): Promise<void>;
  /** Reads a stored list from an item on, as far as one page goes. */
  open(reference: BlobReference, from: number): Promise<Page>;
  /** Stores the parts as one list. */
  store(parts: readonly ListPart[]): Promise<BlobReference>;
  /** False in an execution that came so far before lists were stored: it keeps them at hand. */
  storesLists(): boolean;
  /** Shows which questions are open now, and to which roles. */
  awaiting(open: ReadonlyMap<string, OpenTask>): void;
  /** Resolves after so many milliseconds, or at once when cancelled. */
  sleep(ms: number, cancel: CancelToken): Promise<void>;
  /** Told of each step as it ends, with the path of the step that holds it. Absent: nobody follows. */
  stepEnded?(record: StepRecord, within: string | undefined): void;
  /** True once the history is long enough to continue as new before the next call. */
  continueDue(): boolean;
}
