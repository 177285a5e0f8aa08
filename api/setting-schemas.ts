/** Shapes that settings and feature flags have in common. */
import { z } from 'zod';

const data = z.unknown().describe('Any JSON');

const OriginSchema = z
  .enum(['default', 'file', 'environment', 'database'])
  .describe('The layer that it comes from; the later one wins');

/** Members of whatever the database may hold. */
const ChangedSchema = {
  version: z.number().int().describe('In the database; 0: never changed there. The `ETag` is the same'),
  changedBy: z.string().optional(),
  changedAt: z.iso.datetime().optional().describe('ISO 8601'),
  unusable: z
    .object({ version: z.number().int(), detail: z.string() })
    .optional()
    .describe('The newest version in the database cannot be used; the last good one counts'),
};

export const FlagSchema = z
  .object({
    name: z.string(),
    enabled: z.boolean(),
    rolloutPercentage: z.number().describe('0 to 100: for which part of those who start executions it is on'),
    description: z.string(),
    targeting: z
      .array(
        z.object({
          when: z.string().describe('Expression over `context` and `payload` of the start'),
          enabled: z.boolean(),
          rolloutPercentage: z.number().optional().describe('Default 100'),
        }),
      )
      .describe('The first rule that holds decides in place of `rolloutPercentage`'),
    origin: OriginSchema,
    ...ChangedSchema,
  })
  .meta({ id: 'FeatureFlag' });

export const SettingSchema = z
  .object({
    section: z.string(),
    key: z.string(),
    value: data.optional().describe('Absent: nobody has said anything, or it is secret'),
    origin: OriginSchema.optional(),
    layers: z
      .array(z.object({ origin: OriginSchema, value: data.optional() }))
      .describe('What each layer says, the lowest first; the last one counts'),
    live: z.boolean().describe('Whether it can be changed while the platform runs'),
    secret: z.boolean(),
    variable: z.string().optional().describe('Of the environment'),
    description: z.string().optional(),
    ...ChangedSchema,
  })
  .meta({ id: 'Setting' });

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
