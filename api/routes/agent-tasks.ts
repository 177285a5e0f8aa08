/** The resource `agent-tasks`: what agents are asked to do, and what became of it. */
import { z } from 'zod';
import { NewAgentTask } from '../../src/agents/task-request';
import type { AgentTaskSummary } from '../../src/agents/task-view';
import { TASK_STATES } from '../../src/plan/agent';
import type { Caller } from '../../src/security/caller';
import { may } from '../../src/security/caller';
import { AgentTaskSchema, AgentTaskSummarySchema, StartedAgentTaskSchema } from '../agent-task-schemas';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { executionPath, withAddresses } from '../links';
import { seenBy } from '../masked';
import type { Route } from '../route';
import { route } from '../route';
import { IdempotencyKey } from '../schemas';
import { requesterOf, startWishes } from '../started';

const word = z.string().min(1).max(200);
/** Ids of what steps ask for are made of their execution's id and the step's path. */
const Id = z.object({ id: z.string().min(1).max(1000) });

const ListQuery = z.strictObject({
  type: word.optional().describe('Type of the agent that was asked for'),
  capability: word.optional(),
  state: z.enum(TASK_STATES).optional(),
  agent: word.optional().describe('Id of the agent that works on it, or did'),
  cursor: z.string().optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const CancelBody = z
  .strictObject({ reason: z.string().min(1).max(1000).optional().describe('For people') })
  .nullable()
  .meta({ id: 'AgentTaskCancelRequest' });

const none = { description: 'No such task' };

export function agentTaskRoutes({ agents: { tasks } }: ApiDependencies): readonly Route[] {
  const tag = 'Agent tasks';
  return [
    route({
      method: 'post',
      path: '/agent-tasks',
      tag,
      summary: 'Ask an agent to do something',
      headers: z.object({
        'idempotency-key': IdempotencyKey.describe('The same key and body always mean the same task; instead of `id`'),
      }),
      body: {
        schema: NewAgentTask.meta({ id: 'AgentTaskRequest' }),
        limitBytes: BODY_LIMIT_BYTES,
        mediaTypes: ['application/json'],
      },
      answers: {
        200: { description: 'It had been asked for before, by the same id or key', schema: StartedAgentTaskSchema },
        202: { description: 'Asked for', schema: StartedAgentTaskSchema },
        409: { description: 'Another task has that id' },
        422: { description: 'The Idempotency-Key was used with another request' },
        503: { description: 'Temporal does not answer' },
      },
      handle: async ({ body, caller, request }) => {
        const { idempotencyKey: key } = startWishes(request.headers);
        const { by: requestedBy } = requesterOf(caller);
        const { taskId, repeated } = await tasks.create(body, {
          ...(requestedBy === undefined ? {} : { requestedBy }),
          ...(key === undefined ? {} : { key }),
        });
        const links = linksOf(taskId);
        return { status: repeated === true ? 200 : 202, headers: { Location: links.self }, body: { taskId, links } };
      },
    }),
    route({
      method: 'get',
      path: '/agent-tasks',
      tag,
      summary: 'Tasks for agents, newest first',
      query: ListQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({ tasks: z.array(AgentTaskSummarySchema), next: z.string().optional() }),
        },
      },
      handle: async ({ query, caller }) => {
        const { limit, ...rest } = query;
        const filter = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
        const { tasks: found, ...page } = await tasks.list({ ...filter, limit });
        return { body: { tasks: found.map((one) => shown(caller, one)), ...page } };
      },
    }),
    route({
      method: 'get',
      path: '/agent-tasks/{id}',
      reveals: true,
      tag,
      summary: 'One task: who was chosen for it and why, its times, what it used, its output',
      params: Id,
      answers: { 200: { description: 'The task', schema: AgentTaskSchema }, 404: none },
      handle: async ({ params, caller }) => ({ body: shown(caller, await tasks.get(params.id)) }),
    }),
    route({
      method: 'post',
      path: '/agent-tasks/{id}/cancel',
      tag,
      summary: 'Ask a task to stop',
      params: Id,
      body: { schema: CancelBody, limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'], optional: true },
      answers: {
        202: { description: 'Asked', schema: StartedAgentTaskSchema },
        404: none,
        409: { description: 'It has ended otherwise' },
      },
      handle: async ({ params, body }) => {
        await tasks.cancel(params.id, body?.reason);
        return { status: 202, body: { taskId: params.id, links: linksOf(params.id) } };
      },
    }),
  ];
}

function linksOf(id: string) {
  const self = `/agent-tasks/${encodeURIComponent(id)}`;
  return { self, cancel: `${self}/cancel`, execution: executionPath(`agt-${id}`) };
}

/** Descriptions are words of the asker. */
function shown(caller: Caller, task: AgentTaskSummary): unknown {
  const { description, ...rest } = task;
  const owner = rest.parent ?? `agt-${task.id}`;
  const words = may(caller, 'execution:reveal') ? description : '[hidden]';
  return {
    ...(seenBy(caller, withAddresses(rest, owner)) as object),
    ...(description === undefined ? {} : { description: words }),
    links: linksOf(task.id),
  };
}
