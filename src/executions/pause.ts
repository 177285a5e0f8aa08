/** Pauses an execution and lets it go on, together with the executions that it waits for. */
import type { Client } from '@temporalio/client';
import { OmniError } from '../plan/problem';
import { PAUSE_SIGNAL, RESUME_SIGNAL } from '../plan/record';
import { asked } from './failure';
import { tell } from './message';

/** `temporal.api.enums.v1.ParentClosePolicy`: what was started without waiting for it goes on by itself. */
const ABANDON = 2;

/** Pausing twice is pausing once, by whoever came first. Throws `not-found`, and `conflict` when it has ended. */
export async function pauseExecution(client: Client, executionId: string, by: string): Promise<void> {
  await tell(client, executionId, () => client.workflow.getHandle(executionId).signal(PAUSE_SIGNAL, { by }));
  // After itself: a paused execution starts no more of them.
  await withChildren(client, executionId, (child) => pauseExecution(client, child, by));
}

/** Throws `not-found`, and `conflict` when it has ended; one that is not paused stays as it is. */
export async function resumeExecution(client: Client, executionId: string): Promise<void> {
  await withChildren(client, executionId, (child) => resumeExecution(client, child));
  await tell(client, executionId, () => client.workflow.getHandle(executionId).signal(RESUME_SIGNAL));
}

async function withChildren(
  client: Client,
  executionId: string,
  send: (child: string) => Promise<void>,
): Promise<void> {
  const { raw } = await asked(executionId, () => client.workflow.getHandle(executionId).describe());
  const children = (raw.pendingChildren ?? []).filter(({ parentClosePolicy }) => Number(parentClosePolicy) !== ABANDON);
  await Promise.all(
    children.map(({ workflowId }) =>
      send(workflowId ?? '').catch((error: unknown) => {
        // It has ended in between.
        if (!(error instanceof OmniError) || !['conflict', 'not-found'].includes(error.problem.type)) throw error;
      }),
    ),
  );
}
