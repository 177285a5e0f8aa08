/** Messages to a running execution. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { OmniError } from '../plan/problem';
import type { ExecutionStatus } from '../plan/record';
import { asked, requestError } from './failure';
import { isOpen, statusOf } from './status';

/**
 * Asks an execution to stop: running calls are cancelled and their steps recorded. Asking twice is the same as asking once.
 * Throws `not-found`, `conflict` when it has ended otherwise.
 */
export async function cancelExecution(client: Client, executionId: string): Promise<void> {
  await tell(client, executionId, () => client.workflow.getHandle(executionId).cancel(), 'cancelled');
}

/** Why it was ended, in Temporal's history; a fixed text, because a client's own might hold anything. */
const TERMINATE_REASON = 'Terminated on request over the API.';

/**
 * Ends an execution at once: nothing is compensated and `finally` does not run. Throws `not-found`, `conflict` when it has ended
 * otherwise.
 */
export async function terminateExecution(client: Client, executionId: string): Promise<void> {
  const end = (): Promise<unknown> => client.workflow.getHandle(executionId).terminate(TERMINATE_REASON);
  await tell(client, executionId, end, 'terminated');
}

/** Sends something to an execution that runs. Sending is in order, too, when it has ended as `wanted`. */
export async function tell(
  client: Client,
  executionId: string,
  send: () => Promise<unknown>,
  wanted?: ExecutionStatus,
): Promise<void> {
  const before = await endedAs(client, executionId);
  if (before !== undefined && before === wanted) return;
  if (before !== undefined) throw ended(executionId, before);
  try {
    await send();
  } catch (error) {
    // It may have ended in between; Temporal then answers as if it had never been.
    const after = error instanceof WorkflowNotFoundError ? await endedAs(client, executionId) : undefined;
    throw after === undefined ? requestError(error, executionId) : ended(executionId, after);
  }
}

async function endedAs(client: Client, executionId: string): Promise<ExecutionStatus | undefined> {
  const { status } = await asked(executionId, () => client.workflow.getHandle(executionId).describe());
  const now = statusOf(status.name);
  return isOpen(now) ? undefined : now;
}

function ended(executionId: string, status: ExecutionStatus): OmniError {
  return new OmniError('conflict', `The execution ${executionId} has ended (${status}); nothing can be sent to it.`, {
    data: { status },
  });
}
