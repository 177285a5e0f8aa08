/** What can be said to executions: signals, the wish that one or many stop, and their end at once. */
import { z } from 'zod';
import { MAX_BULK } from '../../src/executions/bulk';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { executionLinks } from '../links';
import type { Route } from '../route';
import { route } from '../route';
import { AnyJson, ExecutionId, LinksSchema, WorkflowId } from '../schemas';

const Id = z.object({ id: ExecutionId });
const gone = { description: 'No such execution' };
const ended = { description: 'The execution has ended' };

const Accepted = z.object({ executionId: z.string(), links: LinksSchema }).meta({ id: 'AcceptedMessage' });

const BulkBody = z
  .strictObject({
    ids: z.array(ExecutionId).min(1).max(MAX_BULK).optional(),
    workflow: WorkflowId.optional(),
    status: z.literal('running').optional().describe('Says that all running ones are meant'),
    since: z.iso
      .datetime({ offset: true })
      .or(z.iso.date())
      .optional()
      .describe('Started at this time or later, ISO 8601'),
    cursor: z.string().optional().describe('`next` of the answer before'),
  })
  .refine(({ ids, workflow, status, since }) => [ids, workflow, status, since].some((one) => one !== undefined), {
    error: 'says nothing about which executions; name ids, workflow, since, or status: running for all',
  })
  .refine(({ ids, ...filter }) => ids === undefined || Object.values(filter).every((one) => one === undefined), {
    error: 'names ids and a filter; send one of them',
    path: ['ids'],
  })
  .meta({
    id: 'BulkCancelRequest',
    description: `\`ids\`, or a filter of running executions; at most ${MAX_BULK}.`,
    anyOf: [
      { required: ['ids'], maxProperties: 1 },
      ...['workflow', 'status', 'since'].map((name) => ({ required: [name], properties: { ids: false } })),
    ],
  });

const BulkAnswer = z
  .object({
    matched: z.number().int(),
    cancelled: z.number().int().describe('Asked to stop'),
    ended: z.number().int().describe('Had ended by themselves'),
    unknown: z.number().int(),
    failed: z.number().int().describe('Could not be asked; try again'),
    next: z.string().optional().describe('There are more: send the same with this `cursor`'),
  })
  .meta({ id: 'BulkCancelAnswer' });

export function messageRoutes({ executions }: ApiDependencies): readonly Route[] {
  const tag = 'Executions';
  return [
    // Before the routes with an id, which would take `bulk` for one.
    route({
      method: 'post',
      path: '/executions/bulk/cancel',
      tag,
      summary: 'Ask many executions to stop',
      body: { schema: BulkBody, limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'] },
      answers: { 200: { description: 'How many were asked', schema: BulkAnswer } },
      handle: async ({ body }) => {
        const { ids, workflow, since, cursor } = body;
        if (ids !== undefined) return { body: await executions.cancelMany({ ids }) };
        const outcome = await executions.cancelMany({
          ...(workflow === undefined ? {} : { workflow }),
          ...(since === undefined ? {} : { since: new Date(since) }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        return { body: outcome };
      },
    }),
    route({
      method: 'post',
      path: '/executions/{id}/signals/{signal}',
      tag,
      summary: 'Send a signal that a step waits for, now or later; the body is its data',
      params: Id.extend({ signal: z.string().regex(/^[A-Za-z][\w.-]{0,199}$/) }),
      body: { schema: AnyJson, limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'], optional: true },
      answers: {
        202: { description: 'Delivered to Temporal', schema: Accepted },
        404: gone,
        409: { description: 'The execution has ended, or none of its steps takes this signal' },
      },
      handle: async ({ params, body }) => {
        await executions.signal(params.id, params.signal, body);
        return accepted(params.id);
      },
    }),
    route({
      method: 'post',
      path: '/executions/{id}/cancel',
      tag,
      summary: 'Ask it to stop: it compensates and runs `finally`; asking twice is the same as asking once',
      params: Id,
      answers: { 202: { description: 'Asked', schema: Accepted }, 404: gone, 409: ended },
      handle: async ({ params }) => {
        await executions.cancel(params.id);
        return accepted(params.id);
      },
    }),
    route({
      method: 'post',
      path: '/executions/{id}/terminate',
      tag,
      summary: 'End it at once: nothing is compensated, `finally` does not run',
      params: Id,
      answers: { 202: { description: 'Ended', schema: Accepted }, 404: gone, 409: ended },
      handle: async ({ params }) => {
        await executions.terminate(params.id);
        return accepted(params.id);
      },
    }),
  ];
}

function accepted(executionId: string): { status: number; body: z.infer<typeof Accepted> } {
  return { status: 202, body: { executionId, links: { ...executionLinks(executionId) } } };
}
