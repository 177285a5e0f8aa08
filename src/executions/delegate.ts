/** Delegates a task: from then on others may answer it too. */
import type { Delegate, DelegateArgument } from '../plan/record';
import { DELEGATE_UPDATE } from '../plan/record';
import type { Task } from './task';
import { taskPlace } from './task';
import type { TaskDependencies } from './task-update';
import { updateTask } from './task-update';

export interface DelegateRequest {
  readonly to: Delegate;
  /** Who delegates, and in which roles: only whoever has made sure of both may say so. */
  readonly by: string;
  readonly roles: readonly string[];
}

/**
 * Those who could answer before still can. Throws `authorization` for somebody who could not answer either, `conflict` where anyone may
 * answer, somebody has, or nothing waits any more, `not-found`, `provider-unavailable`.
 */
export async function delegateTask(
  deps: TaskDependencies & { readonly uuid: () => string },
  id: string,
  request: DelegateRequest,
): Promise<Task> {
  const argument: DelegateArgument = { path: taskPlace(id).path, ...request };
  return updateTask(deps, id, { update: DELEGATE_UPDATE, updateId: deps.uuid(), argument });
}
