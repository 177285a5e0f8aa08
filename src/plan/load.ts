/** What the workflow asks of the activity that loads a plan, for executions that were started without one. */
import type { Json } from './json';
import type { Plan } from './plan';
import type { Snapshot } from './record';

export const LOAD_PLAN_ACTIVITY = 'omni:load-plan';

export interface LoadRequest {
  /** The workflow type. */
  readonly id: string;
  /** The workflow's argument: a bare payload, `{ payload, context }`, or a `StartArgument` without a plan. */
  readonly argument: Json;
}

/** Payload and context are checked and completed. */
export interface Loaded {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly payload: Json;
  readonly context: Json;
  readonly event?: Json;
}

/** What of a start flags may go by. */
export interface StartFacts {
  readonly payload: Json;
  readonly context: Json;
}

export type LoadPlan = (request: LoadRequest) => Promise<Loaded>;
