/** What is told about an execution: its state, its steps in order, and where that knowledge comes from. */
import type { Json, JsonObject } from '../plan/json';
import type { Problem } from '../plan/problem';
import type { ExecutionStatus, RerunLink, Skipped, Snapshot, StepStatus, Usage } from '../plan/record';
import type { Origin } from './origin';
import type { Rerun } from './rerun-link';
import type { Task } from './task';

/** One call of one provider, as a step shows it. Times are ISO 8601, durations milliseconds. */
export interface TimelineCall {
  readonly number: number;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  readonly provider?: string;
  readonly attempts: number;
  readonly skipped: readonly Skipped[];
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly usage?: Usage;
  readonly error?: Problem;
}

/** One step, in the order of starting. */
export interface TimelineStep {
  readonly path: string;
  readonly name: string;
  readonly kind: string;
  readonly status: StepStatus;
  readonly provider?: string;
  /** Attempts of all its calls. */
  readonly attempts: number;
  /** Providers passed over without a call. */
  readonly skipped: readonly Skipped[];
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Where it stands when it is not in the plain course of the definition. */
  readonly phase?: 'handler' | 'reminder' | 'compensation' | 'finally';
  /** Inside a loop: the innermost loop's round, from 0. Of a loop: its newest round whose steps are on record. */
  readonly round?: number;
  /** Time in queues, between attempts, and for people and times that are waited for. */
  readonly waitMs: number;
  /** Time inside providers; for steps that call none and wait for nothing, from start to end. */
  readonly runMs: number;
  /** The execution that a `workflow` step started. */
  readonly childExecutionId?: string;
  /** What a `waitFor` step asks. */
  readonly task?: Pick<Task, 'id' | 'signal' | 'status' | 'roles' | 'reminded' | 'refused' | 'deadline' | 'answer'>;
  readonly usage?: Usage;
  readonly output?: Json;
  readonly error?: Problem;
  readonly calls: readonly TimelineCall[];
  /** Ended in an execution before this one, which is a rerun of it. */
  readonly reused?: true;
}

/** Why the engine itself does not get on: a failing workflow task, or no worker that takes it. */
export interface EngineError {
  readonly detail: string;
  readonly attempts: number;
  readonly since?: string;
}

/** One line of a list. */
export interface ExecutionSummary {
  readonly executionId: string;
  readonly runId: string;
  readonly workflow: string;
  readonly version?: string;
  /** What started it. */
  readonly origin: Origin;
  readonly status: ExecutionStatus;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Who has to answer before it goes on: roles, `anyone`, `@people` for somebody by name, `@more`. Known in lists alone. */
  readonly waitsFor?: readonly string[];
  /** Milliseconds from start to end, or to now. */
  readonly duration: number;
}

export interface Execution extends ExecutionSummary {
  readonly steps: readonly TimelineStep[];
  readonly usage: Usage;
  /** Spent by compensations and `finally`, which no budget stops; known from the state alone. */
  readonly endUsage?: Usage;
  readonly vars?: JsonObject;
  /** Flags, settings and prices of its start; known from the state alone. */
  readonly snapshot?: Snapshot;
  readonly output?: Json;
  readonly error?: Problem;
  readonly engineError?: EngineError;
  /** Since when it is paused (ISO 8601), and by whom; known from the state alone. */
  readonly paused?: { readonly since: string; readonly by: string };
  /** Of a rerun: what it stems from. How much it took over is known from the state alone. */
  readonly rerun?: Pick<RerunLink, 'of' | 'origin' | 'from'> & Partial<RerunLink>;
  /** Of a closed execution: those that were run again from it. */
  readonly reruns?: readonly Rerun[];
  /** `state`: a worker answered; `history`: none did, and only what Temporal recorded is known (steps that call a tool). */
  readonly source: 'state' | 'history';
}

/** One event of Temporal's history with its payloads decoded. */
export interface HistoryEvent {
  readonly id: number;
  readonly time: string;
  /** `ActivityTaskScheduled`, as in Temporal's Web UI. */
  readonly type: string;
  readonly summary?: Json;
  readonly attributes: JsonObject;
}
