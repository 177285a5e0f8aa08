/** Answers a task, and knows an answer that was sent before. */
import { createHash, createHmac } from 'node:crypto';
import type { JsonObject } from '../plan/json';
import { canonical } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { AnswerArgument } from '../plan/record';
import { ANSWER_UPDATE } from '../plan/record';
import type { Store } from '../store/store';
import { refuseRequester } from './requester';
import type { Task } from './task';
import { taskPlace } from './task';
import type { TaskDependencies } from './task-update';
import { updateTask } from './task-update';

export interface AnswerRequest {
  readonly data: JsonObject;
  /** Who answers, and in which roles: only whoever has made sure of both may say so. */
  readonly by: string;
  readonly roles: readonly string[];
  /** The same key and answer always mean the same answer. */
  readonly idempotencyKey?: string;
}

export interface AnswerDependencies extends TaskDependencies {
  readonly idempotency: Store['idempotency'];
  /** Of this installation: Temporal shows update ids to whoever reaches it, and a client's key may be guessed. */
  readonly idKey: () => Promise<Uint8Array>;
  readonly uuid: () => string;
}

/**
 * Gives the answer and returns what is on record. Throws `validation` with pointers below `/data`, `authorization`, `conflict` with
 * who was faster, `not-found`, `conflict` (422) for a key that was used with another answer, `provider-unavailable`.
 */
export async function answerTask(deps: AnswerDependencies, id: string, request: AnswerRequest): Promise<Task> {
  const { executionId, path } = taskPlace(id);
  await refuseRequester(deps.client, executionId, request.by);
  const { idempotencyKey: key, ...given } = request;
  const argument: AnswerArgument = { path, ...given };
  const give = (updateId: string): Promise<Task> => updateTask(deps, id, { update: ANSWER_UPDATE, updateId, argument });
  if (key === undefined) return give(deps.uuid());
  const scope = `answer ${id}`;
  const requestHash = digest(canonical(given));
  const { outcome } = await deps.idempotency.claim({ scope, key, requestHash, executionId });
  if (outcome === 'other')
    throw new OmniError('conflict', 'This Idempotency-Key was used with another answer. Send a new key.', {
      status: 422,
    });
  try {
    const told = createHmac('sha256', await deps.idKey())
      .update(`${path}\n${key}`)
      .digest('hex');
    return await give(`answer-${told.slice(0, 32)}`);
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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
