/** What an execution remembers: one record per step, from which it can be resumed at any call. */
import type { AskedCall } from './agent-loop';
import type { Json, JsonObject, JsonSchema } from './json';
import type { Plan } from './plan';
import type { PriceBook } from './price';
import { roundUsd } from './price';
import type { Problem } from './problem';
import type { Timetable } from './timetable';

/** What one call or the whole execution used. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars. */
  readonly costUsd: number;
  readonly durationMs: number;
  readonly model?: string;
  /** The answer came from a cache and cost nothing. */
  readonly cached?: boolean;
  /** Part of it is what was sent, not what the vendor told: the call was broken off, or its worker lost. */
  readonly estimated?: boolean;
  /** Nobody knows the price of a call in it: `costUsd` is too low. */
  readonly unpriced?: boolean;
}

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, durationMs: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUsd: roundUsd(a.costUsd + b.costUsd),
    durationMs: a.durationMs + b.durationMs,
    ...(a.estimated === true || b.estimated === true ? { estimated: true } : {}),
    ...(a.unpriced === true || b.unpriced === true ? { unpriced: true } : {}),
  };
}

/** A provider that was passed over without a call, and why. */
export interface Skipped {
  readonly provider: string;
  readonly reason: string;
}

/** One call of one provider: one Temporal activity, whose id is `<step path>#<number>`. */
export interface CallRecord {
  /** Counts from 1 within the step. */
  readonly number: number;
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** Empty when every candidate was passed over. */
  readonly provider: string;
  /** Position in the step's chain, in the order of trying, of the candidate that was called, or of the last one passed over. */
  readonly candidate: number;
  readonly attempts: number;
  readonly skipped: readonly Skipped[];
  readonly usage: Usage;
  readonly error?: Problem;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export type StepStatus = 'running' | 'completed' | 'failed' | 'skipped' | 'degraded' | 'cancelled';

export interface StepRecord {
  /** `tell.crm.note_crm`, `each[3].score`. */
  readonly path: string;
  readonly name: string;
  readonly kind: string;
  readonly status: StepStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly output?: Json;
  readonly error?: Problem;
  readonly provider?: string;
  readonly usage?: Usage;
  readonly calls?: readonly CallRecord[];
  /** Positions in the written list of providers, in the order of trying, where `config.prefer` settled it. */
  readonly order?: readonly number[];
  /** The case that a `switch` chose, so that a resumed execution chooses alike. */
  readonly choice?: number;
  /** The handler of `onError` that took the failure. */
  readonly handler?: number;
  /** The failure was handled: the execution goes on after this step. */
  readonly handled?: true;
  /** Branches of a `parallel` in the order in which they ended. */
  readonly settled?: readonly string[];
  /** What a `waitFor` asks, and the answer once there is one. */
  readonly task?: TaskRecord;
  /** A `return` inside ended the execution with this step's output. */
  readonly returned?: true;
  /** Absolute, milliseconds since 1970. */
  readonly deadlineAt?: number;
  /** The execution that a `workflow` step started. */
  readonly childExecutionId?: string;
  /** Ended in an execution before this one, which is a rerun: nothing was run or spent here. */
  readonly reused?: true;
}

/** A question to people. Everything in it is as of now: roles grow with reminders. */
export interface TaskRecord {
  readonly signal: string;
  /** JSON Schema of the answer. */
  readonly form: JsonSchema;
  readonly openedAt: number;
  /** Roles that may answer; empty: anyone. */
  readonly roles: readonly string[];
  /** Who may answer by name, whatever their roles. */
  readonly people?: readonly string[];
  /** Oldest first. */
  readonly delegations?: readonly Delegation[];
  /** How often each reminder has come, in the order written. */
  readonly reminded: readonly number[];
  /** Messages that did not fit and were ignored. */
  readonly refused: number;
  /** Of a model, that is to be agreed to. */
  readonly call?: AskedCall;
  readonly answer?: TaskAnswer;
}

export interface TaskAnswer {
  readonly data: JsonObject;
  /** Who answered; `unverified` for a plain signal. */
  readonly by: string;
  readonly at: number;
}

/** A role, or somebody by name. */
export type Delegate = { readonly role: string } | { readonly person: string };

/** Somebody who might answer has let others answer too. */
export interface Delegation {
  readonly to: Delegate;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Argument of the workflow update `delegate`. Only the API may say who delegates and in which roles. */
export interface DelegateArgument {
  readonly path: string;
  readonly to: Delegate;
  readonly by: string;
  readonly roles: readonly string[];
}

/** Argument of the workflow update `answer`. Only the API may say who answers and in which roles. */
export interface AnswerArgument {
  readonly path: string;
  readonly data: JsonObject;
  readonly by: string;
  readonly roles: readonly string[];
}

/** Read once when the execution starts, and recorded: what `flags` and `settings` mean for its whole life. */
export interface Snapshot {
  readonly flags: JsonObject;
  readonly settings: JsonObject;
  /** Of every provider that the plan may call; absent in histories from before there were prices. */
  readonly prices?: PriceBook;
}

/** `paused` is a running one in which no call may begin. */
export type ExecutionStatus = 'running' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'terminated';

/** Since when an execution is paused, in milliseconds since 1970, and by whom. */
export interface PauseNote {
  readonly since: number;
  readonly by: string;
}

/** Answer of the workflow query `state`. */
export interface ExecutionState {
  readonly definition: { readonly id: string; readonly version: string; readonly hash: string };
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly steps: readonly StepRecord[];
  readonly vars: JsonObject;
  readonly usage: Usage;
  /** Spent by compensations and `finally`, which no budget stops. */
  readonly endUsage: Usage;
  /** What it goes by; absent in the answer of a worker from before it was told. */
  readonly snapshot?: Snapshot;
  readonly output?: Json;
  readonly error?: Problem;
  /** Of a rerun. */
  readonly rerun?: RerunLink;
  readonly paused?: PauseNote;
}

/** What a rerun stems from. */
export interface RerunLink {
  /** The execution before it in the line of reruns. */
  readonly of: string;
  /** The first of the line: idempotency keys begin with its id. */
  readonly origin: string;
  /** Path of the step that was named to begin with. */
  readonly from?: string;
  /** How many step records it took over. */
  readonly reused: number;
  /** What the executions before it in the line have spent; its own budget begins anew. */
  readonly usage: Usage;
}

/** Argument and answer of the workflow query `rerun`. */
export interface RerunArgument {
  /** The execution that is asked. */
  readonly of: string;
  /** Path or name of a step. */
  readonly from?: string;
}

/** First argument of the workflow when our own code starts it; anything else is taken for a bare payload. */
export interface StartArgument {
  readonly omni: 1;
  readonly payload: Json;
  readonly context: Json;
  /** What `trigger.event` holds. */
  readonly event?: Json;
  readonly plan?: Plan;
  readonly snapshot?: Snapshot;
  /** Set by the execution that started this one; it is answered with a `ChildResult`. */
  readonly parent?: ParentLink;
  /** Of a scenario: how its times pass. */
  readonly timetable?: Timetable;
}

export interface ParentLink {
  readonly executionId: string;
  /** What the child's idempotency keys begin with, the same over reruns of the parent; absent: the child's own id. */
  readonly origin?: string;
  /** Executions above, the parent included. */
  readonly depth: number;
  /** What the parent may still spend, which bounds the child too. */
  readonly remaining: { readonly tokens?: number; readonly costUsd?: number };
}

/** What a child execution gives its parent. */
export interface ChildResult {
  readonly output: Json;
  readonly usage: Usage;
}

/** Names that the workflow and its clients agree on. */
export const STATE_QUERY = 'state';
export const RERUN_QUERY = 'rerun';
/** Signals of our own: no signal of a definition holds a colon. */
export const PAUSE_SIGNAL = 'omni:pause';
export const RESUME_SIGNAL = 'omni:resume';
export const DELEGATE_UPDATE = 'delegate';
export const ANSWER_UPDATE = 'answer';
