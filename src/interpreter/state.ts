/** What an execution carries: everything here goes through JSON when it continues as new. */
import type { Json, JsonObject } from '../plan/json';
import type { Snapshot, StepRecord, Usage } from '../plan/record';
import { NO_USAGE } from '../plan/record';
import type { Problem } from '../plan/problem';

/** A signal that no step has taken yet. */
export interface Letter {
  readonly name: string;
  readonly payload: Json;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface CarriedState {
  /** Workflow id of the first execution in a line of reruns: idempotency keys begin with it. */
  readonly origin: string;
  /** Source of `uuid()`. */
  readonly seed: string;
  readonly startedAt: number;
  readonly payload: Json;
  readonly context: Json;
  readonly event: Json;
  readonly snapshot: Snapshot;
  readonly records: readonly StepRecord[];
  readonly vars: JsonObject;
  readonly usage: Usage;
  readonly mailbox: readonly Letter[];
  /** It was asked to end, and why; Temporal does not carry that into the next run. */
  readonly cancelled?: Problem;
}

/** The same while it is worked on. Every change is one synchronous write, so that a copy taken at any moment can be resumed. */
export interface LiveState extends Omit<CarriedState, 'records' | 'vars' | 'usage' | 'mailbox'> {
  readonly records: Map<string, StepRecord>;
  vars: JsonObject;
  usage: Usage;
  mailbox: readonly Letter[];
  /** Set when the execution has ended. */
  ended?: { readonly at: number; readonly output?: Json; readonly error?: Problem; readonly cancelled?: true };
}

export type Beginning = Pick<CarriedState, 'origin' | 'payload' | 'context' | 'snapshot'> & { readonly event?: Json };

export function begin(beginning: Beginning, seed: string, now: number): LiveState {
  return {
    ...beginning,
    event: beginning.event ?? null,
    seed,
    startedAt: now,
    records: new Map(),
    vars: {},
    usage: NO_USAGE,
    mailbox: [],
  };
}

export function resume(carried: CarriedState): LiveState {
  return { ...carried, records: new Map(carried.records.map((record) => [record.path, record])) };
}

export function carry(state: LiveState): CarriedState {
  const carried = { ...state, records: [...state.records.values()] };
  delete carried.ended;
  return carried;
}

/** Letters kept per name; the oldest stay. */
const MAILBOX_LIMIT = 100;

/** Keeps a letter; false when there are too many of its name. */
export function post(state: LiveState, letter: Letter): boolean {
  if (state.mailbox.filter(({ name }) => name === letter.name).length >= MAILBOX_LIMIT) return false;
  state.mailbox = [...state.mailbox, letter];
  return true;
}
