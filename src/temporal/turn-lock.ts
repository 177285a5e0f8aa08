/** Locks of turns as Temporal's clients see them. */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';

/** Keys may hold personal data, and ids are never encrypted: so only a hash of it. */
export function turnLockId(definition: string, key: string): string {
  return `lock:${definition}:${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

const CLOSED: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT']);

/** Which of the executions have not ended: the latest run of each counts. */
export async function stillRunning(client: Client, executionIds: readonly string[]): Promise<readonly string[]> {
  const running = await Promise.all(executionIds.map(async (id) => ({ id, runs: await runs(client, id) })));
  return running.filter(({ runs }) => runs).map(({ id }) => id);
}

async function runs(client: Client, executionId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(executionId).describe();
    return !CLOSED.has(status.name);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
