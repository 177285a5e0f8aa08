/** Shapes that settings and feature flags have in common. */
import { z } from 'zod';

export const OriginSchema = z
  .enum(['default', 'file', 'environment', 'database'])
  .describe('The layer that it comes from; the later one wins');

/** Members of whatever the database may hold. */
export const ChangedSchema = {
  version: z.number().int().describe('In the database; 0: never changed there. The `ETag` is the same'),
  changedBy: z.string().optional(),
  changedAt: z.iso.datetime().optional().describe('ISO 8601'),
  unusable: z
    .object({ version: z.number().int(), detail: z.string() })
    .optional()
    .describe('The newest version in the database cannot be used; the last good one counts'),
};

export const UndoBody = z
  .strictObject({ version: z.number().int().min(0).max(2_147_483_647).optional() })
  .nullable()
  .meta({ id: 'UndoRequest', description: 'Without `version` the one before.' });

export const versionsOf = z.object({
  versions: z.array(
    z.object({
      version: z.number().int(),
      value: z.unknown().optional().describe('Any JSON; absent: taken back, what lies below the database counts'),
      changedBy: z.string(),
      changedAt: z.iso.datetime().describe('ISO 8601'),
    }),
  ),
});
