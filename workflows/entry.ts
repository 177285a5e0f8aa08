/** The shape of the workflow function. */
import type { Runners } from '../src/interpreter/context';
import type { AgentTaskState, Approvals } from '../src/plan/agent-task';
import type { Effects } from '../src/interpreter/effects';
import type { Json } from '../src/plan/json';
import type { CarriedState } from '../src/interpreter/state';
import type { Problem } from '../src/plan/problem';
import type { Carried } from './carried';

/** Answer of the query `rerun`. */
export type RerunAnswer = { readonly carried: CarriedState } | { readonly problem: Problem };

/** The task that an execution is, where it is one. */
export interface TaskWatch {
  /** What it says of itself beside the execution. */
  now(): AgentTaskState;
  /** Told whenever a question begins or ends; how many are open now. */
  asks(open: number, approvals: Approvals): void;
}

/** What tests change to prove the frame around the interpreter. */
export interface MainOptions {
  readonly runners?: Runners;
  /** Replaces the server's advice on when to continue as new. */
  readonly continueDue?: () => boolean;
  readonly task?: TaskWatch;
  /** See `Effects`. */
  readonly place?: NonNullable<Effects['place']>;
  /** What the next run's first argument holds beside the plan. */
  readonly again?: object;
}

/** First argument: a `StartArgument`, or a definition's bare payload. Second: what the run before carried over. */
export type Main = (argument: unknown, carried?: Carried) => Promise<Json>;
