/** Histories as Temporal keeps them, for replaying. */
import type { Client } from '@temporalio/client';
import { asked } from './failure';
import type { ListDependencies } from './list';
import { listExecutions } from './list';

export interface RawHistory {
  readonly workflowId: string;
  /** The newest run's, in Temporal's own form. */
  readonly history: Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
}

/** Of one execution. Throws `not-found`, `provider-unavailable`. */
export async function rawHistory(client: Client, executionId: string): Promise<RawHistory> {
  const history = await asked(executionId, () => client.workflow.getHandle(executionId).fetchHistory());
  return { workflowId: executionId, history };
}

/** Of the newest executions of a definition, at most `limit`, running ones included. */
export async function rawHistories(
  deps: ListDependencies,
  { workflow, limit }: { readonly workflow: string; readonly limit: number },
): Promise<readonly RawHistory[]> {
  const found: RawHistory[] = [];
  let cursor: string | undefined;
  do {
    const page = await listExecutions(deps, {
      workflow,
      limit: Math.min(200, limit - found.length),
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { executionId } of page.executions) found.push(await rawHistory(deps.client, executionId));
    cursor = page.next;
  } while (cursor !== undefined && found.length < limit);
  return found;
}
