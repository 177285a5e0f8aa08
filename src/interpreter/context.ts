/** Where the walk stands: what every runner is handed. */
import type { Json, JsonObject } from '../plan/json';
import type { StepPlace } from '../plan/paths';
import type { Plan, Step, StepKind } from '../plan/plan';
import type { Problem } from '../plan/problem';
import type { ExecutionStatus, StepRecord } from '../plan/record';
import type { BudgetClock } from './budget-clock';
import type { CancelToken } from './cancel-token';
import type { Effects } from './effects';
import type { Gate } from './gate';
import type { LiveState } from './state';

/** What a list of steps, or one step, came to. A failure is thrown, as is a cancellation. */
export type Flow =
  /** Without an output: nothing ran, or what ran has none. */
  | { readonly kind: 'next'; readonly output?: Json }
  /** A `return` step: the execution ends as completed with this output. */
  | { readonly kind: 'return'; readonly output: Json };

export type RunSteps = (steps: readonly Step[], context: Context) => Promise<Flow>;

/** Runs one kind of step. The record of the step exists and is `running`; the runner adds to it, its caller closes it. */
export type Runner<K extends StepKind = StepKind> = (
  step: Extract<Step, { kind: K }>,
  context: StepContext,
) => Promise<StepResult>;

export type Runners = { readonly [K in StepKind]: Runner<K> };

export type StepResult = Flow & Partial<Pick<StepRecord, 'provider' | 'usage'>> & { readonly degraded?: true };

export interface Context {
  readonly plan: Plan;
  readonly state: LiveState;
  readonly effects: Effects;
  readonly gate: Gate;
  readonly cancel: CancelToken;
  readonly clock: BudgetClock;
  readonly places: ReadonlyMap<string, StepPlace>;
  /** Path of the enclosing step; absent at the top. */
  readonly path?: string;
  /** What paths of steps begin with here, with its dot; empty at the top. */
  readonly prefix: string;
  /** Roots that loops add: the item under its name, and `index`. */
  readonly locals: JsonObject;
  /** The `error` root inside a handler or compensation. */
  readonly error?: Problem;
  /** Variables as they were when the step ended that is compensated. */
  readonly vars?: JsonObject;
  /** What `execution.status` says. */
  readonly status: ExecutionStatus;
  /** Inside compensations and `finally`, which may always spend. */
  readonly free?: true;
  /** Ends the idempotency keys of what a model asks for: in a rerun it may ask for something else at the same place. */
  readonly salt?: string;
  readonly runners: Runners;
  /** Handed down so that composite kinds can run what they hold. */
  readonly runSteps: RunSteps;
}

export interface StepContext extends Context {
  readonly path: string;
  /** As it stands now. */
  readonly record: () => StepRecord;
  /** Writes fields of the step's record, in one go. */
  readonly amend: (fields: Partial<StepRecord>) => void;
}
