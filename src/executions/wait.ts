/** Waits for the end of an execution. */
import type { Client } from '@temporalio/client';
import { isGrpcCancelledError, WorkflowFailedError } from '@temporalio/client';
import { requestError } from './failure';

/**
 * True when the execution has ended, false when the signal came first. How it ended is told by its description.
 * Throws `not-found`, `provider-unavailable`.
 */
export async function awaitEnd(client: Client, executionId: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await client.withAbortSignal(signal, () => client.workflow.getHandle(executionId).result());
    return true;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return true;
    if (signal.aborted || isGrpcCancelledError(error)) return false;
    throw requestError(error, executionId);
  }
}
