/** Deleting closed executions: one, or many that are named or that a filter finds. */
import { z } from 'zod';
import { MAX_BULK } from '../../src/executions/bulk';
import { parseDuration } from '../../src/plan/duration';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';
import { ExecutionId, WorkflowId } from '../schemas';

const PurgedSchema = z
  .object({
    executionId: z.string(),
    executions: z.number().int().describe('With those that it had started'),
    runs: z.number().int(),
    values: z.number().int().describe('Large values that no other execution has'),
    keys: z.number().int().describe('Idempotency keys'),
  })
  .meta({ id: 'PurgedExecution' });

const FILTERS = ['workflow', 'olderThan', 'all'];

const BulkBody = z
  .strictObject({
    ids: z.array(ExecutionId).min(1).max(MAX_BULK).optional(),
    workflow: WorkflowId.optional(),
    olderThan: z
      .string()
      .refine((text) => parseDuration(text) !== undefined, { error: 'is no duration such as 30d or 12h' })
      .optional()
      .describe('Ended so long ago or longer, for example `30d`'),
    all: z.literal(true).optional().describe('Says that all that have ended are meant'),
    dryRun: z.boolean().default(false).describe('Only say what would be deleted'),
  })
  .refine(({ ids, workflow, olderThan, all }) => [ids, workflow, olderThan, all].some((one) => one !== undefined), {
    error: 'says nothing about which executions; name ids, workflow, olderThan, or all: true for all that have ended',
  })
  .refine(
    ({ ids, workflow, olderThan, all }) =>
      ids === undefined || [workflow, olderThan, all].every((one) => one === undefined),
    { error: 'names ids and a filter; send one of them', path: ['ids'] },
  )
  .meta({
    id: 'BulkPurgeRequest',
    description: `\`ids\`, or a filter of closed executions; at most ${MAX_BULK}.`,
    anyOf: [
      { required: ['ids'], properties: Object.fromEntries(FILTERS.map((name) => [name, false])) },
      ...FILTERS.map((name) => ({ required: [name], properties: { ids: false } })),
    ],
  });

const BulkAnswer = z
  .object({
    ids: z.array(z.string()).describe('What was meant; what these started goes with them'),
    purged: z.number().int(),
    running: z.number().int().describe('Still run, or something that they started does; nothing of them was deleted'),
    unknown: z.number().int(),
    failed: z.number().int().describe('Could not be deleted; try again'),
    more: z.boolean().describe('There are others: send the same again'),
  })
  .meta({ id: 'BulkPurgeAnswer' });

export function purgeRoutes({ executions }: ApiDependencies): readonly Route[] {
  const tag = 'Executions';
  return [
    // Before the route with an id, which would take `bulk` for one.
    route({
      method: 'post',
      path: '/executions/bulk/purge',
      tag,
      summary: 'Delete many closed executions and all that is stored for them',
      body: { schema: BulkBody, limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'] },
      answers: { 200: { description: 'How many are gone', schema: BulkAnswer } },
      handle: async ({ body }) => {
        const { ids, workflow, olderThan, dryRun } = body;
        if (ids !== undefined) return { body: await executions.purgeMany({ ids, dryRun }) };
        const age = olderThan === undefined ? 0 : (parseDuration(olderThan) ?? 0);
        const endedBefore = new Date(Date.now() - age);
        const outcome = await executions.purgeMany({
          endedBefore,
          dryRun,
          ...(workflow === undefined ? {} : { workflow }),
        });
        return { body: outcome };
      },
    }),
    route({
      method: 'post',
      path: '/executions/{id}/purge',
      tag,
      summary:
        'Delete a closed execution, those that it started, and all that is stored for them; there is no way back',
      params: z.object({ id: ExecutionId }),
      answers: {
        200: { description: 'It is gone', schema: PurgedSchema },
        404: { description: 'No such execution' },
        409: { description: 'It, or one that it started, still runs' },
      },
      handle: async ({ params }) => ({
        body: { executionId: params.id, ...(await executions.purge(params.id)) },
      }),
    }),
  ];
}
