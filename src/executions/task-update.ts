/** Tells an execution something about one of its tasks: a Temporal update, which it checks before it leaves a trace. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { asError, OmniError } from '../plan/problem';
import { problemOfFailure, requestError } from './failure';
import type { Inbox } from './inbox';
import { recordedAnswer } from './recorded-answer';
import type { GivenAnswer, Task, TaskPlace } from './task';
import { taskId, taskPlace } from './task';

/** How long a worker has to take an update. */
const UPDATE_MS = 20_000;
/** An execution that has just continued as new asks its questions again a moment later. */
const TRIES = 5;
const BETWEEN_MS = 200;

export interface TaskUpdate {
  /** Name of the workflow's update. */
  readonly update: string;
  /** The same id is the same update within one run. */
  readonly updateId: string;
  readonly argument: object;
}

export interface TaskDependencies {
  readonly client: Client;
  readonly inbox: Inbox;
}

/** Gives the task as it stands then. Throws what the execution refuses with, `not-found`, `conflict`, `provider-unavailable`. */
export async function updateTask(
  deps: TaskDependencies,
  id: string,
  { update, updateId, argument }: TaskUpdate,
): Promise<Task> {
  const { client, inbox } = deps;
  const { executionId } = taskPlace(id);
  let asked: Task | undefined;
  for (let tried = 1; ; tried += 1) {
    try {
      asked = await inbox.get(id);
      await client.withDeadline(Date.now() + UPDATE_MS, () =>
        client.workflow.getHandle(executionId).executeUpdate(update, { updateId, args: [argument] }),
      );
      return await answered(deps, asked);
    } catch (error) {
      const refused = refusal(error, executionId);
      if (!(refused instanceof OmniError) || refused.problem.type !== 'not-found') throw refused;
      // What is gone, closed or not asked again yet looks alike to the update.
      const after = await answered(deps, asked ?? taskPlace(id));
      if (after.status !== 'open' || tried >= TRIES) throw closed(after);
      await pause(BETWEEN_MS);
    }
  }
}

/** As it stands now. Finished rounds of loops leave no record; then the history tells. */
async function answered({ client, inbox }: TaskDependencies, asked: Task | TaskPlace): Promise<Task> {
  try {
    return await inbox.get(taskId(asked));
  } catch (error) {
    const answer = await recordedAnswer(client, asked).catch(() => undefined);
    if (answer !== undefined && 'id' in asked) return { ...asked, status: 'answered', answer };
    if (answer !== undefined) throw lost(asked.path, answer);
    throw error;
  }
}

function refusal(error: unknown, executionId: string): unknown {
  if (error instanceof WorkflowUpdateFailedError) return asError(problemOfFailure(error.cause));
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return new OmniError(
      'provider-unavailable',
      `No engine worker of ${executionId} took it within ${UPDATE_MS / 1000} s. Send it again; an answer with the same Idempotency-Key.`,
    );
  if (error instanceof WorkflowNotFoundError) return new OmniError('not-found', error.message);
  return requestError(error, executionId);
}

function closed({ path, answer, status }: Task): OmniError {
  if (answer === undefined)
    return new OmniError('conflict', `${path} no longer waits for an answer.`, { data: { status } });
  return lost(path, answer);
}

function lost(path: string, { by, at }: GivenAnswer): OmniError {
  return new OmniError('conflict', `${path} was answered by ${by} at ${at}.`, { data: { by, at } });
}
