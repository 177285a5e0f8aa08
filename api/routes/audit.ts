/** The resource `audit`: who did what, to be read and verified. Nothing here writes it, and nothing can change it. */
import { z } from 'zod';
import type { AuditQuery } from '../../src/security/audit';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';

const outcome = z.enum(['allowed', 'denied', 'failed']);
const word = z.string().min(1).max(1000).optional();
const time = z.iso.datetime({ offset: true }).or(z.iso.date()).optional();

const AuditListQuery = z.strictObject({
  actor: word.describe('Id of who did it'),
  action: word.describe('Name of a permission, or of what happened'),
  resource: word.describe('What it was done to: `executions`, or `executions/<id>`'),
  outcome: outcome.optional(),
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

const AuditRecordSchema = z
  .object({
    sequence: z.number().int().describe('From 1, without gaps'),
    at: z.iso.datetime(),
    actor: z.object({ id: z.string(), kind: z.string(), roles: z.array(z.string()) }),
    action: z.string(),
    resource: z.object({ kind: z.string(), id: z.string().optional() }).optional(),
    outcome: outcome.describe('`allowed`: was let through, and began; a row `failed` follows if it was not done'),
    reason: z.string().optional(),
    requestId: z.string().optional(),
    address: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
    hash: z.string().describe('The seal: HMAC-SHA256 over the seal before it and this row'),
    keyId: z.string(),
  })
  .meta({ id: 'AuditRecord' });

const VerificationSchema = z
  .object({
    intact: z.boolean(),
    rows: z.number().int(),
    head: z.object({ sequence: z.number().int(), hash: z.string() }).describe('The last row that is as it was written'),
    exported: z
      .object({ heads: z.number().int(), newest: z.number().int(), unreadable: z.number().int() })
      .describe('Known from the second place; without any a missing end cannot be noticed'),
    fault: z
      .object({
        sequence: z.number().int(),
        kind: z.enum(['altered', 'missing', 'replaced', 'unknown-key']),
        detail: z.string(),
      })
      .optional()
      .describe('The first row that is not what was written'),
    protection: z
      .enum(['role', 'trigger'])
      .describe(
        '`role`: the account of the database has no right to change rows; `trigger`: it could drop what refuses',
      ),
  })
  .meta({ id: 'AuditVerification' });

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
