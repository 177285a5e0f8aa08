/** How many executions have not ended, and how many of them wait for a person. */
import type { ListDependencies } from './list';
import { visibilityQuery } from './list';
import { asked } from './failure';

export interface OpenCounts {
  readonly running: number;
  readonly waiting: number;
}

/** As visibility knows them, a moment late. */
export async function countOpen({ client, taskQueue }: ListDependencies): Promise<OpenCounts> {
  const open = visibilityQuery(taskQueue, { status: 'running', pausedToo: true, limit: 1 });
  const [running, waiting] = await asked('', () =>
    Promise.all([open, `${open} AND OmniAwaiting IS NOT NULL`].map((query) => client.workflow.count(query))),
  );
  return { running: running?.count ?? 0, waiting: waiting?.count ?? 0 };
}
