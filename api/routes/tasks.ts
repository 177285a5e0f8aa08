/** The resource `tasks`: what executions ask people, and the answers. */
import { z } from 'zod';
import type { JsonObject } from '../../src/plan/json';
import { askerOf } from '../asker';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { executionPath } from '../links';
import type { Route } from '../route';
import { route } from '../route';
import { AnyJson } from '../schemas';
import { startWishes } from '../started';

const word = z.string().min(1).max(200);
const time = z.iso.datetime().describe('ISO 8601');
const data = z.record(z.string(), AnyJson) as z.ZodType<JsonObject>;

/** An answer travels in one piece and stays in the execution's state. */
const ANSWER_LIMIT_BYTES = 256 * 1024;

const Id = z.object({ id: z.string().min(1).max(4000) });

const ListQuery = z.strictObject({
  role: word.optional().describe('Only tasks that this role may answer, those for anyone included'),
  person: word
    .optional()
    .describe('Only tasks that were delegated to somebody by this name; with `role` those of either'),
  workflow: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,199}$/)
    .optional(),
  cursor: z.string().optional().describe('`next` of the page before'),
});

const Delegate = z.union([
  z.strictObject({
    role: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, 'is no role: a letter, then letters, digits, dots, hyphens'),
  }),
  z.strictObject({ person: word }),
]);

const TaskSchema = z
  .object({
    id: z.string(),
    executionId: z.string(),
    workflow: z.string(),
    step: z.string(),
    path: z.string(),
    description: z.string().optional(),
    signal: z.string(),
    status: z.enum(['open', 'answered', 'closed']),
    roles: z.array(z.string()).describe('Who may answer now; empty: anyone'),
    people: z.array(z.string()).describe('Who may answer by name'),
    delegations: z.array(z.object({ to: Delegate, by: z.string(), at: time })).describe('Oldest first'),
    openedAt: time,
    deadline: time.optional(),
    form: z.unknown().describe('JSON Schema of the answer'),
    reminded: z.number().int().describe('How many reminders have come'),
    refused: z.number().int().describe('How many messages did not fit and were ignored'),
    answer: z.object({ data, by: z.string(), at: time }).optional(),
    links: z.object({ self: z.string(), answer: z.string(), delegate: z.string(), execution: z.string() }),
  })
  .meta({ id: 'Task' });

const AnswerBody = z
  .strictObject({ data, by: word.optional(), roles: z.array(word).max(100).optional() })
  .meta({ id: 'TaskAnswerRequest', description: '`data` fits the form; `by` and `roles` are taken as they are said.' });

const DelegateBody = z
  .strictObject({ to: Delegate, by: word.optional(), roles: z.array(word).max(100).optional() })
  .meta({
    id: 'TaskDelegateRequest',
    description: '`to` a role or a person; `by` and `roles` are taken as they are said.',
  });

const AnswerHeaders = z.object({
  'idempotency-key': z.string().optional().describe('The same key and body always mean the same answer.'),
});

export function taskRoutes({ executions }: ApiDependencies): readonly Route[] {
  const tag = 'Tasks';
  return [
    route({
      method: 'get',
      path: '/tasks',
      tag,
      summary: 'Open tasks; a new one shows up after a moment',
      query: ListQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({
            tasks: z.array(TaskSchema),
            unreachable: z.array(z.string()).describe('Executions with tasks of which no worker told more'),
            next: z.string().optional(),
          }),
        },
      },
      handle: async ({ query }) => {
        const { role, person, workflow, cursor } = query;
        const { tasks, ...page } = await executions.tasks({
          ...(role === undefined ? {} : { role }),
          ...(person === undefined ? {} : { person }),
          ...(workflow === undefined ? {} : { workflow }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        return { body: { tasks: tasks.map(withLinks), ...page } };
      },
    }),
    route({
      method: 'get',
      path: '/tasks/{id}',
      tag,
      summary: 'One task, answered and closed ones included',
      params: Id,
      answers: { 200: { description: 'The task', schema: TaskSchema }, 404: { description: 'No such task' } },
      handle: async ({ params }) => ({ body: withLinks(await executions.task(params.id)) }),
    }),
    route({
      method: 'post',
      path: '/tasks/{id}/answer',
      tag,
      summary: 'Answer a task',
      params: Id,
      headers: AnswerHeaders,
      body: { schema: AnswerBody, limitBytes: ANSWER_LIMIT_BYTES, mediaTypes: ['application/json'] },
      answers: {
        200: { description: 'On record; the task as it stands now', schema: TaskSchema },
        403: { description: 'To be answered by other roles' },
        404: { description: 'No such task' },
        409: { description: 'Answered already, `data` says by whom; or no longer open' },
        422: { description: 'The Idempotency-Key was used with another answer' },
        503: { description: 'No engine worker took it' },
      },
      handle: async ({ params, body, request }) => {
        const { idempotencyKey } = startWishes(request.headers);
        const { data: given, ...claim } = body;
        const answered = await executions.answer(params.id, {
          data: given,
          ...askerOf(claim),
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        });
        return { body: withLinks(answered) };
      },
    }),
    route({
      method: 'post',
      path: '/tasks/{id}/delegate',
      tag,
      summary: 'Let another role, or somebody by name, answer too; whoever could answer before still can',
      params: Id,
      body: { schema: DelegateBody, limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'] },
      answers: {
        200: { description: 'On record; the task as it stands now', schema: TaskSchema },
        403: { description: 'To be delegated by those who may answer' },
        404: { description: 'No such task' },
        409: { description: 'Anyone may answer it, somebody has, or it is no longer open' },
        503: { description: 'No engine worker took it' },
      },
      handle: async ({ params, body }) => {
        const { to, ...claim } = body;
        return { body: withLinks(await executions.delegate(params.id, { to, ...askerOf(claim) })) };
      },
    }),
  ];
}

function withLinks<T extends { readonly id: string; readonly executionId: string }>(task: T) {
  const self = `/tasks/${task.id}`;
  return {
    ...task,
    links: { self, answer: `${self}/answer`, delegate: `${self}/delegate`, execution: executionPath(task.executionId) },
  };
}
