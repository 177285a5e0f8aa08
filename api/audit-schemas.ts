/** Shapes of the audit log, as the API speaks them. */
import { z } from 'zod';

export const OutcomeSchema = z.enum(['allowed', 'denied', 'failed']);

export const AuditRecordSchema = z
  .object({
    sequence: z.number().int().describe('From 1, without gaps'),
    at: z.iso.datetime(),
    actor: z.object({ id: z.string(), kind: z.string(), roles: z.array(z.string()) }),
    action: z.string(),
    resource: z.object({ kind: z.string(), id: z.string().optional() }).optional(),
    outcome: OutcomeSchema.describe('`allowed`: was let through, and began; a row `failed` follows if it was not done'),
    reason: z.string().optional(),
    requestId: z.string().optional(),
    address: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
    hash: z.string().describe('The seal: HMAC-SHA256 over the seal before it and this row'),
    keyId: z.string(),
  })
  .meta({ id: 'AuditRecord' });

export const VerificationSchema = z
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
