/** A line of Temporal's SDK as one of ours: correlated by the same names, and without why an execution failed. */
import type { LogEntry } from '@temporalio/worker';
import { AGENT_TASK_TYPE } from '../src/plan/agent';

/** Ids of calls: the path of their step, and which call of it they are. Of a task it is what the agent is to do. */
const CALL = /^(.+)#\d+$/;

export function sdkFields({ message, meta }: Pick<LogEntry, 'message' | 'meta'>): Readonly<Record<string, unknown>> {
  const { error, workflowId, activityId, ...facts } = (meta ?? {}) as Readonly<Record<string, unknown>>;
  const isCall = typeof activityId === 'string' && facts['workflowType'] !== AGENT_TASK_TYPE;
  const step = isCall ? CALL.exec(activityId)?.[1] : undefined;
  return {
    ...facts,
    ...(workflowId !== undefined && { executionId: workflowId }),
    ...(activityId !== undefined && { activityId }),
    ...(step !== undefined && { step }),
    // Why an execution failed is data: it stands encrypted in the history, and comes here without its type.
    ...(error !== undefined && message !== 'Workflow failed' && { error }),
  };
}
