/** Answers a task: a Temporal update, which the execution checks before it leaves a trace. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { JsonObject } from '../plan/json';
import { canonical } from '../plan/json';
import { asError, OmniError } from '../plan/problem';
import type { AnswerArgument } from '../plan/record';
import { ANSWER_UPDATE } from '../plan/record';
import type { Store } from '../store/store';
import { problemOfFailure, requestError } from './failure';
import type { Inbox } from './inbox';
import { recordedAnswer } from './recorded-answer';
import type { GivenAnswer, Task, TaskPlace } from './task';
import { taskId, taskPlace } from './task';

export interface AnswerRequest {
  readonly data: JsonObject;
  /** Who answers, and in which roles: only whoever has made sure of both may say so. */
  readonly by: string;
  readonly roles: readonly string[];
  /** The same key and answer always mean the same answer. */
  readonly idempotencyKey?: string;
}

export interface AnswerDependencies {
  readonly client: Client;
  readonly idempotency: Store['idempotency'];
  readonly inbox: Inbox;
  readonly uuid: () => string;
}

/** How long a worker has to take an answer. */
const UPDATE_MS = 20_000;
/** An execution that has just continued as new asks its questions again a moment later. */
const TRIES = 5;
const BETWEEN_MS = 200;

/**
 * Gives the answer and returns what is on record. Throws `validation` with pointers below `/data`, `authorization`, `conflict` with
 * who was faster, `not-found`, `conflict` (422) for a key that was used with another answer, `provider-unavailable`.
 */
export async function answerTask(deps: AnswerDependencies, id: string, request: AnswerRequest): Promise<Task> {
  const { executionId, path } = taskPlace(id);
  const { idempotencyKey: key, ...given } = request;
  if (key === undefined) return give(deps, id, { path, ...given, updateId: deps.uuid() });
  const scope = `answer ${id}`;
  const requestHash = digest(canonical(given));
  const { outcome } = await deps.idempotency.claim({ scope, key, requestHash, executionId });
  if (outcome === 'other')
    throw new OmniError('conflict', 'This Idempotency-Key was used with another answer. Send a new key.', {
      status: 422,
    });
  try {
    return await give(deps, id, { path, ...given, updateId: `answer-${digest(`${path}\n${key}`).slice(0, 32)}` });
  } catch (error) {
    const earlier = outcome === 'same' ? await own(deps, id, given) : undefined;
    if (earlier !== undefined) return earlier;
    if (outcome === 'fresh') await deps.idempotency.release(scope, key);
    throw error;
  }
}

/** Temporal knows an update's id within one run; past that the answer itself says whether it was this one. */
async function own({ inbox }: AnswerDependencies, id: string, given: Omit<AnswerRequest, 'idempotencyKey'>) {
  const task = await inbox.get(id).catch(() => undefined);
  const same = task?.answer?.by === given.by && canonical(task.answer.data) === canonical(given.data);
  return same ? task : undefined;
}

type Given = AnswerArgument & { readonly updateId: string };

async function give(deps: AnswerDependencies, id: string, { updateId, ...argument }: Given): Promise<Task> {
  const { client, inbox } = deps;
  const { executionId } = taskPlace(id);
  let asked: Task | undefined;
  for (let tried = 1; ; tried += 1) {
    try {
      asked = await inbox.get(id);
      await client.withDeadline(Date.now() + UPDATE_MS, () =>
        client.workflow.getHandle(executionId).executeUpdate(ANSWER_UPDATE, { updateId, args: [argument] }),
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
async function answered({ client, inbox }: AnswerDependencies, asked: Task | TaskPlace): Promise<Task> {
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
      `No engine worker took the answer to ${executionId} within ${UPDATE_MS / 1000} s. Send it again with the same Idempotency-Key.`,
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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
