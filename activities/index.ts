/** The bridge from a workflow to the world: what a worker registers. */
import type { LoadPlan } from '../src/plan/load';
import { LOAD_PLAN_ACTIVITY } from '../src/plan/load';
import type { CallTool } from './call-tool';
import { createCallTool } from './call-tool';
import type { ActivityDependencies } from './dependencies';
import { createLoadPlan } from './load-plan';

export interface Activities {
  readonly [LOAD_PLAN_ACTIVITY]: LoadPlan;
  /** Every other activity type is a tool's name, and the worker sends it here. */
  readonly default: CallTool;
}

export function createActivities(dependencies: ActivityDependencies): Activities {
  return { [LOAD_PLAN_ACTIVITY]: createLoadPlan(dependencies), default: createCallTool(dependencies) };
}
