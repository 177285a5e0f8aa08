/** How an execution ended that belongs to an agent's task, with what it has spent. */
import type { Client } from '@temporalio/client';
import { isGrpcCancelledError, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ChildOutcome } from '../plan/child';
import { isObject } from '../plan/json';
import type { ChildResult, Usage } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import { problemOfFailure, requestError } from './failure';
import { queryState } from './state';

/** Waits for its end; undefined when the signal came first. Throws `not-found`, `provider-unavailable`. */
export async function outcomeOf(
  client: Client,
  executionId: string,
  signal: AbortSignal,
): Promise<ChildOutcome | undefined> {
  if (signal.aborted) return undefined;
  try {
    const ended = (): Promise<ChildResult> => client.workflow.result<() => Promise<ChildResult>>(executionId);
    const { output, usage } = await client.withAbortSignal(signal, ended);
    return { status: 'completed', output, usage };
  } catch (error) {
    if (error instanceof WorkflowFailedError) return endedOtherwise(client, executionId, error.cause);
    if (signal.aborted || isGrpcCancelledError(error)) return undefined;
    throw requestError(error, executionId);
  }
}

async function endedOtherwise(client: Client, executionId: string, cause: unknown): Promise<ChildOutcome> {
  const [, told]: readonly unknown[] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  // Temporal keeps nothing of a cancelled or terminated one but that it was.
  const usage =
    isObject(told) && typeof told['costUsd'] === 'number'
      ? (told as unknown as Usage)
      : await spentBy(client, executionId);
  if (cause instanceof CancelledFailure) return { status: 'cancelled', usage };
  return { status: 'failed', error: problemOfFailure(cause), usage };
}

async function spentBy(client: Client, executionId: string): Promise<Usage> {
  const state = await queryState(client, executionId);
  return state === undefined ? NO_USAGE : addUsage(state.usage, state.endUsage);
}
