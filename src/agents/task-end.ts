/** Which tasks have ended, as Temporal knows it: the table hears of it by notes, which may be lost. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { agentTaskWorkflowId } from '../plan/agent';

const AT_ONCE = 50;

/** False too where Temporal has it no more. Throws what Temporal's client throws. */
export async function isRunning(client: Client, id: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(agentTaskWorkflowId(id)).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Those of the ids that have ended, as far as visibility knows already; none where it does not answer. */
export async function endedAmong(client: Client, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const ended = new Set<string>();
  const byWorkflow = new Map(ids.map((id) => [agentTaskWorkflowId(id), id]));
  const all = [...byWorkflow.keys()];
  try {
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const some = all
        .slice(from, from + AT_ONCE)
        .map((id) => `'${id.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`);
      const query = `WorkflowId IN (${some.join(', ')}) AND ExecutionStatus IN ('Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut')`;
      for await (const { workflowId } of client.workflow.list({ query })) ended.add(byWorkflow.get(workflowId) ?? '');
    }
  } catch {
    // A list that is behind is better than none.
  }
  return ended;
}
