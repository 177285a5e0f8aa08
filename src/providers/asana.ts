/** Asana: tasks in projects. Without idempotency keys, the last line of the notes tells what a call has made. */
import { z } from 'zod';
import type { TaskInput, TaskOutput } from '../tools/task-create';
import { defineProvider, type VendorCall } from './define-provider';
import { garbage } from './http/http-error';
import { markerOf } from './marker';

const task = z.object({ gid: z.string(), permalink_url: z.string() });
const created = z.object({ data: task });
const listed = z.object({
  data: z.array(task.extend({ notes: z.string() })),
  next_page: z.object({ offset: z.string() }).nullish(),
});

const FIELDS = 'gid,permalink_url,notes';
/** How far back the tasks of the project are searched for one that an earlier attempt has made. */
const SEARCHED_MS = 24 * 3_600_000;
const MOST_PAGES = 10;

export const ASANA = defineProvider({
  provider: 'asana',
  title: 'Asana',
  keyVariable: 'ASANA_TOKEN',
  baseUrlVariable: 'ASANA_BASE_URL',
  baseUrl: 'https://app.asana.com/api/1.0',
  byPlan: true,
  sources: [
    'https://developers.asana.com/reference/createtask',
    'https://developers.asana.com/reference/gettasks',
    'https://developers.asana.com/docs/rate-limits',
  ],
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  probe: '/users/me',
  // 150 requests a minute without a paid plan; a task takes two.
  limits: { perSecond: 1.25, burst: 20, concurrent: 15 },
  honours: 'the last line of the notes is searched for in what changed in the project within a day',
  tools: {
    'task.create': async (input: TaskInput, call) => {
      const { gid, permalink_url: url } = (await sought(input, call)) ?? (await made(input, call));
      return { output: { id: gid, url } satisfies TaskOutput };
    },
  },
});

async function made({ project, name, notes = '', assignee, dueOn }: TaskInput, call: VendorCall): Promise<Task> {
  const { data } = await call.json(created, {
    method: 'POST',
    path: `/tasks?opt_fields=${FIELDS}`,
    body: {
      data: {
        name,
        notes: `${notes}${notes === '' ? '' : '\n\n'}${markerOf(call.idempotencyKey)}`,
        projects: [project],
        ...(assignee === undefined ? {} : { assignee }),
        ...(dueOn === undefined ? {} : { due_on: dueOn }),
      },
    },
  });
  return data;
}

type Task = z.infer<typeof task>;

async function sought({ project }: TaskInput, call: VendorCall): Promise<Task | undefined> {
  const marker = markerOf(call.idempotencyKey);
  const since = new Date(Date.now() - SEARCHED_MS).toISOString();
  const query = new URLSearchParams({ project, modified_since: since, opt_fields: FIELDS, limit: '100' });
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const { data, next_page: next } = await call.json(listed, { method: 'GET', path: `/tasks?${query.toString()}` });
    const found = data.find(({ notes }) => notes.trimEnd().endsWith(marker));
    if (found !== undefined || next === null || next === undefined) return found;
    query.set('offset', next.offset);
  }
  // To make one without having looked at all of them could make it twice.
  throw garbage(call.far, 'GET /tasks', `more than ${MOST_PAGES * 100} tasks of the project changed within a day`);
}
