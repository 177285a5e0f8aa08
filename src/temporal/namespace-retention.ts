/** How long a Temporal namespace keeps closed executions: what we keep longer than that, Temporal deletes before us. */
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';

/** Zero: the server keeps it to itself. */
export async function namespaceRetentionMs(connection: Connection, namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000;
}

/**
 * Lets a namespace keep closed executions for so long, and never for less than it does: an execution keeps the time that counted when it
 * closed. Gives the time that counts now. Throws where the account may not, or the server takes no such time.
 */
export async function keepNamespaceFor(connection: Connection, namespace: string, ms: number): Promise<number> {
  const now = await namespaceRetentionMs(connection, namespace);
  if (now >= ms) return now;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(ms) },
  });
  return ms;
}
