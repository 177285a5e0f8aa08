/** What an execution carries: everything here goes through JSON when it continues as new. */
import type { BlobReference } from '../plan/blob';
import type { Json, JsonObject } from '../plan/json';
import type { WaitForStep } from '../plan/plan';
import type { ParentLink, PauseNote, RerunLink, Snapshot, StepRecord, TaskRecord, Usage } from '../plan/record';
import { NO_USAGE } from '../plan/record';
import type { Problem } from '../plan/problem';
import type { Assignment } from './assignments';
import { assignmentsOf, foldAssignments } from './assignments';

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
  /** Of a rerun. */
  readonly rerun?: RerunLink;
  /** How often steps were undone in executions before this one, by path: their keys are others then. */
  readonly undone?: Readonly<Record<string, number>>;
  /** The execution that started this one. */
  readonly parent?: ParentLink;
  /** Source of `uuid()`. */
  readonly seed: string;
  /** Milliseconds since 1970; 0 where a rerun has yet to begin. */
  readonly startedAt: number;
  readonly payload: Json;
  readonly context: Json;
  readonly event: Json;
  readonly snapshot: Snapshot;
  readonly records: readonly StepRecord[];
  readonly vars: JsonObject;
  /** In the order of time. */
  readonly assignments?: readonly Assignment[];
  /** Before there were assignments: what the forgotten rounds of loops have assigned, by the loop's path. */
  readonly assigned?: Readonly<Record<string, JsonObject>>;
  readonly usage: Usage;
  /** Spent by compensations and `finally`. */
  readonly endUsage: Usage;
  /** By tool: what a call has used so far, for estimates. */
  readonly means: Readonly<Record<string, Mean>>;
  readonly loops: readonly (readonly [path: string, progress: LoopProgress])[];
  /** Steps to compensate when the execution fails, in order of completion. */
  readonly undo: readonly Undo[];
  /** How long nothing but waits went on, which `maxMs` does not count. */
  readonly waitedMs: number;
  /** People have paused it. */
  readonly paused?: PauseNote;
  /** Since when nothing but waits has gone on; absent while something works. */
  readonly pausedAt?: number;
  readonly mailbox: readonly Letter[];
  /** The lock that it has its turn from; empty where nobody else could have it. */
  readonly turn?: string;
  /** The steps have ended; compensations and `finally` remain. */
  readonly ending?: Ending;
  /** It was asked to end, and why; Temporal does not carry that into the next run. */
  readonly cancelled?: Problem;
}

export interface Mean {
  readonly calls: number;
  readonly tokens: number;
  readonly costUsd: number;
}

/** What came of one item: null while it is not done, 0 once its result is stored elsewhere. */
export type ItemResult = { readonly output: Json } | { readonly error: JsonObject } | null | 0;

/** Results of neighbouring items as a stored list. */
export interface StoredResults {
  /** Position of the first. */
  readonly from: number;
  readonly count: number;
  readonly list: BlobReference;
}

/** Written in place, because it grows with the list. */
export type LoopProgress =
  | {
      readonly kind: 'forEach';
      source: Json;
      readonly results: ItemResult[];
      readonly winners: number[];
      stored?: readonly StoredResults[];
    }
  | { readonly kind: 'repeat'; index: number; running: boolean; over: boolean; startedAt: number; output?: Json }
  | ({ readonly kind: 'loop' } & AgentProgress);

/** Where a model stands that works by itself. What was said is stored; here it is only known where. */
export interface AgentProgress {
  /** Counts from 1. */
  turn: number;
  /** The turn has begun: its messages are in the prompt. */
  begun: boolean;
  /** Type of the agent that thinks now. */
  agent: string;
  /** Where it is pulled from since it was handed over; absent: as the plan says. */
  queue?: string;
  /** What the model is told in this turn. */
  prompt: string;
  /** That it asked for and was let make. */
  calls: number;
  /** It was told that no calls are left. */
  warned: boolean;
  /** Answers in a row that could not be used. */
  unusable: number;
  said: readonly SaidTurn[];
  /** Canonical JSON of the stored values that it may hand on. */
  known: readonly string[];
  /** Ids of messages that it has had. */
  heard: readonly string[];
}

/** A turn that is over. */
export interface SaidTurn {
  /** What was told and answered, as a stored list. */
  readonly words: BlobReference;
  /** In a line. */
  readonly gist: string;
}

export interface Undo {
  readonly path: string;
  readonly name: string;
  readonly vars: JsonObject;
  readonly locals: JsonObject;
}

export type Ending = { readonly output?: Json; readonly error?: Problem; readonly cancelled?: true };

/** The same while it is worked on. Every change is one synchronous write, so that a copy taken at any moment can be resumed. */
export interface LiveState extends Omit<
  CarriedState,
  | 'records'
  | 'vars'
  | 'assigned'
  | 'assignments'
  | 'usage'
  | 'endUsage'
  | 'means'
  | 'loops'
  | 'undo'
  | 'mailbox'
  | 'ending'
  | 'waitedMs'
  | 'pausedAt'
  | 'paused'
  | 'turn'
> {
  /** Workflow id of this execution. */
  readonly id: string;
  readonly records: Map<string, StepRecord>;
  readonly loops: Map<string, LoopProgress>;
  endUsage: Usage;
  means: Readonly<Record<string, Mean>>;
  undo: readonly Undo[];
  ending?: Ending;
  turn?: string;
  waitedMs: number;
  pausedAt?: number;
  paused?: PauseNote;
  /** Are called back when the execution is paused or goes on. */
  readonly listeners: Set<() => void>;
  /** Questions that are open now, by path. */
  readonly open: Map<string, OpenTask>;
  /** Estimates of the calls that run now. */
  readonly reserved: Reserved;
  vars: JsonObject;
  assignments: readonly Assignment[];
  usage: Usage;
  mailbox: readonly Letter[];
  /** Set when the execution has ended. */
  ended?: Ending & { readonly at: number };
}

export interface OpenTask {
  readonly step: WaitForStep;
  readonly record: () => StepRecord;
  /** Writes the answer, or that a message was refused, and wakes the step. */
  readonly change: (fields: Partial<TaskRecord>) => void;
}

export interface Reserved {
  tokens: number;
  costUsd: number;
  /** Tools of which a first call runs whose use nobody knows yet. */
  readonly unknown: Map<string, Promise<void>>;
  /** What is set aside for other executions: each resolves when it comes back. */
  readonly slices: Set<Promise<void>>;
  /** Calls that may fit once others have ended. */
  readonly waiting: (() => void)[];
}

export type Beginning = Pick<CarriedState, 'origin' | 'payload' | 'context' | 'snapshot'> & {
  /** Workflow id, where it is not the origin. */
  readonly id?: string;
  readonly event?: Json;
  readonly parent?: ParentLink;
};

export function begin(beginning: Beginning, seed: string, now: number): LiveState {
  return {
    ...beginning,
    id: beginning.id ?? beginning.origin,
    event: beginning.event ?? null,
    seed,
    startedAt: now,
    vars: {},
    assignments: [],
    usage: NO_USAGE,
    endUsage: NO_USAGE,
    means: {},
    undo: [],
    mailbox: [],
    waitedMs: 0,
    records: new Map(),
    loops: new Map(),
    ...fresh(),
  };
}

export function resume(carried: CarriedState, id = carried.origin): LiveState {
  const { assigned, assignments = assignmentsOf(carried.records, assigned), ...rest } = carried;
  const records = new Map(carried.records.map((record) => [record.path, record]));
  return { ...rest, id, assignments, records, loops: new Map(carried.loops), ...fresh() };
}

/** What no round leaves to the next. */
function fresh(): Pick<LiveState, 'open' | 'reserved' | 'listeners'> {
  const reserved = { tokens: 0, costUsd: 0, unknown: new Map(), slices: new Set<Promise<void>>(), waiting: [] };
  return { open: new Map(), listeners: new Set(), reserved };
}

export function carry(state: LiveState): CarriedState {
  const carried = { ...state, records: [...state.records.values()], loops: underWay(state) };
  const passing: Partial<LiveState> = carried as unknown as Partial<LiveState>;
  for (const key of ['id', 'open', 'reserved', 'listeners', 'ended', 'mailbox'] as const)
    Reflect.deleteProperty(passing, key);
  // Last, because it grows while the rest stands still.
  return { ...carried, mailbox: state.mailbox };
}

/** Loops whose step is not closed: of one that is, the record holds all that is needed. */
export function underWay({ loops, records }: LiveState): [path: string, progress: LoopProgress][] {
  return [...loops].filter(([path]) => records.get(path)?.status === 'running');
}

/** Whether a step that another one holds has begun and not ended. */
export function isRunningWithin({ records }: LiveState, path: string): boolean {
  for (const [inner, { status }] of records)
    if (
      status === 'running' &&
      inner.length > path.length &&
      inner.startsWith(path) &&
      '.['.includes(inner.charAt(path.length))
    )
      return true;
  return false;
}

/** Drops what lies below a round of a loop, unless something in it may still have to be undone. */
export function forget(state: LiveState, prefix: string): void {
  if (state.undo.some(({ path }) => path.startsWith(prefix))) return;
  state.assignments = foldAssignments(state, prefix);
  for (const path of state.records.keys()) if (path.startsWith(prefix)) state.records.delete(path);
  for (const path of state.loops.keys()) if (path.startsWith(prefix)) state.loops.delete(path);
}

/** Keeps a letter; false when there are so many of its name already. The oldest stay. */
export function post(state: LiveState, letter: Letter, limit: number): boolean {
  if (state.mailbox.filter(({ name }) => name === letter.name).length >= limit) return false;
  state.mailbox = [...state.mailbox, letter];
  return true;
}
