/** The library's face to definitions and their executions. */
import type { CatalogueEntry } from '../catalogue/catalogue';
import type { Execution } from '../executions/execution';
import type { Json, JsonObject } from '../plan/json';
import type { StartParts } from './start';
import { startWorkflow } from './start';
import type { UnderWay } from './under-way';

/** How an execution ended. `duration` in milliseconds. */
export type WorkflowResult = Pick<
  Execution,
  'executionId' | 'status' | 'duration' | 'steps' | 'output' | 'usage' | 'error'
>;

export interface WorkflowEngine {
  /**
   * Runs a definition and waits for its end, however long that takes. A failed execution resolves with `status: 'failed'` and
   * `error`; rejects with `OmniError` when nothing was started.
   */
  executeWorkflow(name: string, payload: Json, context?: Json): Promise<WorkflowResult>;
  /** Publishes YAML text or the same as an object; the id is its `id`, else its name's slug. Rejects with `RefusedDefinition`. */
  registerWorkflow(definition: string | JsonObject): Promise<CatalogueEntry>;
  /** Rejects with `not-found` when there is none. */
  getWorkflow(name: string): Promise<CatalogueEntry>;
  getWorkflows(): Promise<readonly CatalogueEntry[]>;
}

/** Waits end when the orchestrator closes; the executions themselves go on. */
export function createWorkflowEngine(parts: StartParts, underWay: UnderWay): WorkflowEngine {
  const { catalogue, executions } = parts;
  const execute: WorkflowEngine['executeWorkflow'] = async (name, payload, context = {}) => {
    const { executionId } = await startWorkflow(parts, { name, payload, context });
    await executions.wait(executionId, underWay.signal);
    return resultOf(await executions.describe(executionId));
  };
  return {
    executeWorkflow: (...call) => underWay.track(execute(...call)),
    registerWorkflow: (definition) => catalogue.publish(definition),
    getWorkflow: (name) => catalogue.get(name),
    getWorkflows: () => catalogue.list(),
  };
}

function resultOf({ executionId, status, duration, steps, output, usage, error }: Execution): WorkflowResult {
  return {
    executionId,
    status,
    duration,
    steps,
    usage,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
  };
}
