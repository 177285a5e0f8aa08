/** The bridge from a workflow to the world: what a worker registers. */
import type { Logger } from 'pino';
import type { LoadPlan } from '../src/plan/load';
import { LOAD_PLAN_ACTIVITY } from '../src/plan/load';
import type { Plan } from '../src/plan/plan';
import type { Snapshot } from '../src/plan/record';
import type { BlobStore } from '../src/store/blob-table';
import type { ToolRegistry } from '../src/tools/registry';
import type { CallTool } from './call-tool';
import { createCallTool } from './call-tool';
import { createLoadPlan } from './load-plan';

export interface ActivityDependencies {
  readonly registry: ToolRegistry;
  readonly blobs: BlobStore;
  /** The published plan of a definition, with flags and settings as they are now; undefined when there is none of that id. */
  readonly loadPlan: (id: string) => Promise<{ readonly plan: Plan; readonly snapshot: Snapshot } | undefined>;
  readonly logger: Logger;
  /** From 0 up to 1; spreads the waits between attempts. */
  readonly random?: () => number;
}

export interface Activities {
  readonly [LOAD_PLAN_ACTIVITY]: LoadPlan;
  /** Every other activity type is a tool's name, and the worker sends it here. */
  readonly default: CallTool;
}

export function createActivities(dependencies: ActivityDependencies): Activities {
  return { [LOAD_PLAN_ACTIVITY]: createLoadPlan(dependencies), default: createCallTool(dependencies) };
}
