/** The inbox of an orchestrator, over HTTP. */
import { z } from 'zod';
import type { Task } from '../executions/task';
import type { JsonObject } from '../plan/json';
import { asking } from './api-client';
import type { ServerAddress } from './server-address';

export interface TaskClient {
  /** All that are open. `unreachable`: executions with tasks of which no worker told more. */
  list(filter: Readonly<Record<string, string>>): Promise<{ tasks: readonly Task[]; unreachable: readonly string[] }>;
  get(id: string): Promise<Task>;
  answer(id: string, body: JsonObject): Promise<Task>;
  delegate(id: string, body: JsonObject): Promise<Task>;
}

/** Only what is read here is checked; the rest passes as the server wrote it. */
const task = z.looseObject({
  id: z.string(),
  workflow: z.string(),
  path: z.string(),
  executionId: z.string(),
  status: z.enum(['open', 'answered', 'closed']),
  roles: z.array(z.string()),
  people: z.array(z.string()),
  openedAt: z.string(),
  deadline: z.string().optional(),
  form: z.record(z.string(), z.unknown()),
  answer: z.looseObject({ by: z.string(), at: z.string() }).optional(),
}) as unknown as z.ZodType<Task>;

const page = z.object({ tasks: z.array(task), unreachable: z.array(z.string()), next: z.string().optional() });

/** Its methods throw `OmniError`: the server's own problem, or `provider-unavailable` when none answers. */
export function createTaskClient(server: ServerAddress): TaskClient {
  const ask = asking(server);
  const address = (id: string): string => `/tasks/${encodeURIComponent(id)}`;
  return {
    async list(filter) {
      const tasks: Task[] = [];
      const unreachable: string[] = [];
      let cursor: string | undefined;
      do {
        const query = new URLSearchParams({ ...filter, ...(cursor === undefined ? {} : { cursor }) });
        const answer = await ask('GET', `/tasks?${query.toString()}`, { schema: page });
        tasks.push(...answer.tasks);
        unreachable.push(...answer.unreachable);
        cursor = answer.next;
      } while (cursor !== undefined);
      return { tasks, unreachable };
    },
    get: (id) => ask('GET', address(id), { schema: task }),
    delegate: (id, body) => ask('POST', `${address(id)}/delegate`, { schema: task, body }),
    answer: (id, body) => ask('POST', `${address(id)}/answer`, { schema: task, body }),
  };
}
