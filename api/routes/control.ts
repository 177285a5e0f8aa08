/** Steering executions: pausing one and letting it go on, and running a closed one again. */
import { z } from 'zod';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { executionLinks } from '../links';
import type { Route } from '../route';
import { route } from '../route';
import { ExecutionId, IdempotencyKey, LinksSchema, StartedSchema } from '../schemas';
import { accepted, requesterOf, startWishes } from '../started';

const Id = z.object({ id: ExecutionId });
const gone = { description: 'No such execution' };
const ended = { description: 'The execution has ended' };

const Steered = z.object({ executionId: z.string(), links: LinksSchema }).meta({ id: 'SteeredExecution' });

const RerunBody = z
  .strictObject({ from: z.string().min(1).max(1000).optional() })
  .nullable()
  .meta({
    id: 'RerunRequest',
    description: '`from`: path or name of a step; without it, where the execution stopped.',
  });

const RerunHeaders = z.object({
  'idempotency-key': IdempotencyKey.describe('The same key and body always mean the same rerun.'),
});

const body = { limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'], optional: true } as const;

export function controlRoutes({ executions }: ApiDependencies): readonly Route[] {
  const tag = 'Executions';
  return [
    route({
      method: 'post',
      path: '/executions/{id}/pause',
      tag,
      summary: 'No further call begins until it is resumed; what runs ends, and waits can be answered',
      params: Id,
      answers: { 202: { description: 'Delivered to Temporal', schema: Steered }, 404: gone, 409: ended },
      handle: async ({ params, caller }) => {
        await executions.pause(params.id, caller.id);
        return steered(params.id);
      },
    }),
    route({
      method: 'post',
      path: '/executions/{id}/resume',
      tag,
      summary: 'Let a paused execution go on; one that is not paused stays as it is',
      params: Id,
      answers: { 202: { description: 'Delivered to Temporal', schema: Steered }, 404: gone, 409: ended },
      handle: async ({ params }) => {
        await executions.resume(params.id);
        return steered(params.id);
      },
    }),
    route({
      method: 'post',
      path: '/executions/{id}/rerun',
      tag,
      summary:
        'Run a closed execution again from a step on, as a new one that takes over what had ended well before it',
      params: Id,
      headers: RerunHeaders,
      body: { schema: RerunBody, ...body },
      answers: {
        202: { description: 'The new execution was started', schema: StartedSchema },
        404: { description: 'No such execution, or no such step in it' },
        409: { description: 'It still runs, or a call that must not be made twice might be' },
        422: { description: 'The Idempotency-Key was used with another step' },
        503: { description: 'No engine worker told what it has done' },
      },
      handle: async ({ params, body: given, caller, request }) => {
        const { idempotencyKey } = startWishes(request.headers);
        const started = await executions.rerun(params.id, {
          ...requesterOf(caller),
          ...(given?.from === undefined ? {} : { from: given.from }),
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        });
        return accepted(started);
      },
    }),
  ];
}

function steered(executionId: string): { status: number; body: z.infer<typeof Steered> } {
  return { status: 202, body: { executionId, links: { ...executionLinks(executionId) } } };
}
