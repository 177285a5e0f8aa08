/** Asks an execution, through its worker, where it stands. */
import type { Client } from '@temporalio/client';
import { OmniError } from '../plan/problem';
import type { ExecutionState } from '../plan/record';
import { STATE_QUERY } from '../plan/record';
import { asked } from './failure';

/** How long a worker has to answer. */
const QUERY_MS = 3000;

/** Undefined when no worker answers, or there is no such execution. */
export async function queryState(client: Client, executionId: string): Promise<ExecutionState | undefined> {
  try {
    const state = await client.withDeadline(Date.now() + QUERY_MS, () =>
      client.workflow.getHandle(executionId).query<ExecutionState>(STATE_QUERY),
    );
    // A task for an agent tells of itself in another shape.
    return 'definition' in state ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Throws `not-found`, and `provider-unavailable` when no worker answers. */
export async function stateOf(client: Client, executionId: string): Promise<ExecutionState> {
  const state = await queryState(client, executionId);
  if (state !== undefined) return state;
  await asked(executionId, () => client.workflow.getHandle(executionId).describe());
  throw new OmniError(
    'provider-unavailable',
    `No engine worker told where the execution ${executionId} stands. Start one (npm run worker -- engine) and try again.`,
  );
}
