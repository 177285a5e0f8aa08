/** A stub of Asana's tasks, written from https://developers.asana.com/reference/createtask and /gettasks: its client library weighs 28 MB and is not used. */
import { z } from 'zod';
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

const newTask = z.strictObject({
  data: z.strictObject({
    name: z.string(),
    notes: z.string().optional(),
    projects: z.array(z.string()).min(1),
    assignee: z.string().optional(),
    due_on: z.iso.date().optional(),
  }),
});

interface Task {
  readonly gid: string;
  readonly notes: string;
  readonly permalink_url: string;
  readonly projects: readonly string[];
  readonly modified_at: string;
}

/** `pageSize`: tasks of a page, whatever the request says. */
export function startAsanaStub({
  pageSize = 100,
  ...options
}: StubOptions & { readonly pageSize?: number } = {}): Promise<Stub> {
  const tasks: Task[] = [];
  return startRestStub(
    {
      basePath: '/api/1.0',
      admits: (headers, key) => headers.authorization === `Bearer ${key}`,
      error: (status, message, { headers }) => ({
        errors: [{ message: `${message} ${status}: ${headers.authorization ?? ''}`, help: 'See the documentation' }],
      }),
      routes: {
        'GET /users/me': () => ({ json: { data: { gid: '1', name: 'Ana' } } }),
        'GET /tasks': ({ query }) => {
          const project = query.get('project');
          const since = Date.parse(query.get('modified_since') ?? '');
          if (project === null || Number.isNaN(since)) return refuse(400, 'project and modified_since');
          const all = tasks.filter((task) => task.projects.includes(project) && Date.parse(task.modified_at) >= since);
          const start = Number(query.get('offset') ?? 0);
          const end = start + Math.min(pageSize, Number(query.get('limit') ?? 20));
          const data = all.slice(start, end).map(({ gid, notes, permalink_url }) => ({ gid, notes, permalink_url }));
          return {
            json: { data, next_page: end < all.length ? { offset: String(end), path: '/tasks', uri: '' } : null },
          };
        },
        'POST /tasks': ({ body, refused }) => {
          const parsed = newTask.safeParse(body);
          if (!parsed.success) return refuse(400, parsed.error.message);
          const { notes = '', projects } = parsed.data.data;
          const gid = String(1_200_000 + tasks.length);
          const task = {
            gid,
            notes,
            projects,
            permalink_url: `https://app.asana.com/0/${projects[0] ?? ''}/${gid}`,
            modified_at: new Date().toISOString(),
          };
          if (!refused) tasks.push(task);
          return { status: 201, json: { data: task } };
        },
      },
    },
    options,
  );
}
