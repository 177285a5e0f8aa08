/** The resource `audit`: who did what, to be read and verified. Nothing here writes it, and nothing can change it. */
import { z } from 'zod';
import type { AuditQuery } from '../../src/security/audit';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { AuditRecordSchema, OutcomeSchema, VerificationSchema } from '../audit-schemas';
import { route } from '../route';

const word = z.string().min(1).max(1000).optional();
const time = z.iso.datetime({ offset: true }).or(z.iso.date()).optional();

const AuditListQuery = z.strictObject({
  actor: word.describe('Id of who did it'),
  action: word.describe('Name of a permission, or of what happened'),
  resource: word.describe('What it was done to: `executions`, or `executions/<id>`'),
  outcome: OutcomeSchema.optional(),
  requestId: word.describe('The `X-Request-Id` of the answer'),
  since: time.describe('At this time or later, ISO 8601'),
  until: time.describe('Before this time, ISO 8601'),
  order: z.enum(['newest', 'oldest']).default('newest').describe('What comes first'),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('`next` of the page before; a sequence number'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export function auditRoutes({ audit }: ApiDependencies): readonly Route[] {
  const tag = 'Audit';
  return [
    route({
      method: 'get',
      path: '/audit',
      tag,
      audited: true,
      summary: 'Who did what, the newest first',
      query: AuditListQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({ events: z.array(AuditRecordSchema), next: z.string().optional() }),
        },
      },
      handle: async ({ query }) => ({ body: await audit.list(queryOf(query)) }),
    }),
    route({
      method: 'get',
      path: '/audit/verify',
      tag,
      audited: true,
      summary: 'Whether every row is as it was written; reads all of them',
      answers: { 200: { description: 'What was found', schema: VerificationSchema } },
      handle: async () => ({ body: await audit.verify() }),
    }),
  ];
}

function queryOf({ resource, since, until, ...rest }: z.output<typeof AuditListQuery>): AuditQuery {
  const [kind = '', ...id] = resource?.split('/') ?? [];
  const given = {
    ...rest,
    resource: resource === undefined ? undefined : { kind, ...(id.length === 0 ? {} : { id: id.join('/') }) },
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
