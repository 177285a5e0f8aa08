/** The resource `tasks`: what executions ask people, and the answers. */
import { z } from 'zod';
import type { Task } from '../../src/executions/task';
import { OmniError } from '../../src/plan/problem';
import type { Caller } from '../../src/security/caller';
import { may } from '../../src/security/caller';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { executionPath } from '../links';
import { seenBy } from '../masked';
import type { Route } from '../route';
import { route } from '../route';
import { IdempotencyKey, WorkflowId } from '../schemas';
import { startWishes } from '../started';
import { AnswerDataSchema, DelegateSchema, TaskSchema } from '../task-schemas';

const word = z.string().min(1).max(200);

/** An answer travels in one piece and stays in the execution's state. */
const ANSWER_LIMIT_BYTES = 256 * 1024;

const Id = z.object({ id: z.string().min(1).max(4000) });

const ListQuery = z.strictObject({
  role: word.optional().describe('Only tasks that this role may answer, those for anyone included'),
  person: word
    .optional()
    .describe('Only tasks that were delegated to somebody by this name; with `role` those of either'),
  workflow: WorkflowId.optional(),
  cursor: z.string().optional().describe('`next` of the page before'),
});

const AnswerBody = z
  .strictObject({ data: AnswerDataSchema })
  .meta({ id: 'TaskAnswerRequest', description: '`data` fits the form.' });

const DelegateBody = z
  .strictObject({ to: DelegateSchema })
  .meta({ id: 'TaskDelegateRequest', description: '`to` a role or a person.' });

const AnswerHeaders = z.object({
  'idempotency-key': IdempotencyKey.describe('The same key and body always mean the same answer.'),
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
      handle: async ({ query, caller }) => {
        const { role, person, workflow, cursor } = query;
        const { tasks, ...page } = await executions.tasks({
          ...(role === undefined ? {} : { role }),
          ...(person === undefined ? {} : { person }),
          ...(workflow === undefined ? {} : { workflow }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        return { body: { tasks: tasks.map((task) => shown(caller, task)), ...page } };
      },
    }),
    route({
      method: 'get',
      path: '/tasks/{id}',
      reveals: true,
      tag,
      summary: 'One task, answered and closed ones included',
      params: Id,
      answers: { 200: { description: 'The task', schema: TaskSchema }, 404: { description: 'No such task' } },
      handle: async ({ params, caller }) => ({ body: shown(caller, await executions.task(params.id)) }),
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
        403: { description: 'To be answered by other roles, or by somebody else than who asked for the execution' },
        404: { description: 'No such task' },
        409: { description: 'Answered already, `data` says by whom; or no longer open' },
        422: { description: 'The Idempotency-Key was used with another answer' },
        503: { description: 'No engine worker took it' },
      },
      handle: async ({ params, body, caller, request }) => {
        const { idempotencyKey } = startWishes(request.headers);
        const answered = await executions.answer(params.id, {
          data: body.data,
          ...personOf(caller),
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        });
        return { body: shown(caller, answered) };
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
      handle: async ({ params, body, caller }) => {
        const delegated = await executions.delegate(params.id, { to: body.to, ...personOf(caller) });
        return { body: shown(caller, delegated) };
      },
    }),
  ];
}

/** Throws `authorization` for agents: a question to people is answered by people. */
function personOf({ id, roles, groups }: Caller): { readonly by: string; readonly roles: readonly string[] } {
  if (roles.includes('agent'))
    throw new OmniError('authorization', `${id} is an agent, and questions to people are answered by people.`);
  return { by: id, roles: [...roles, ...groups] };
}

/** Those who may answer see what they are asked; of answers that others gave they see as much as of executions. */
function shown(caller: Caller, task: Task): unknown {
  const { call } = task;
  const seen = seenBy(caller, withLinks(task)) as object;
  return call === undefined || !may(caller, 'task:answer') ? seen : { ...seen, call };
}

function withLinks<T extends { readonly id: string; readonly executionId: string }>(task: T) {
  const self = `/tasks/${task.id}`;
  return {
    ...task,
    links: { self, answer: `${self}/answer`, delegate: `${self}/delegate`, execution: executionPath(task.executionId) },
  };
}
