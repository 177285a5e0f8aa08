/** The library's face to definitions and their executions. */
import type { CatalogueEntry } from '../catalogue/catalogue';
import type { Execution } from '../executions/execution';
import type { Started } from '../executions/start';
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
  /**
   * Runs a closed execution again and waits for the end of the new one: from a step, by path or name, or from where it stopped. Rejects
   * with `OmniError` when nothing was started.
   */
  rerunExecution(executionId: string, from?: string): Promise<WorkflowResult>;
  /** No further call begins until it is resumed. Rejects with `not-found`, and `conflict` when it has ended. */
  pauseExecution(executionId: string, by?: string): Promise<void>;
  resumeExecution(executionId: string): Promise<void>;
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
    return endOf(await startWorkflow(parts, { name, payload, context }));
  };
  const endOf = async ({ executionId }: Started): Promise<WorkflowResult> => {
    await executions.wait(executionId, underWay.signal);
    return resultOf(await executions.describe(executionId));
  };
  const rerun: WorkflowEngine['rerunExecution'] = async (executionId, from) =>
    endOf(await executions.rerun(executionId, from === undefined ? {} : { from }));
  return {
    executeWorkflow: (...call) => underWay.track(execute(...call)),
    rerunExecution: (...call) => underWay.track(rerun(...call)),
    pauseExecution: (executionId, by = 'unverified') => underWay.track(executions.pause(executionId, by)),
    resumeExecution: (executionId) => underWay.track(executions.resume(executionId)),
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
