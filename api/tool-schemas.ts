/** Shapes of tools and of who provides them, as the API speaks them. */
import { z } from 'zod';
import { PriceSchema, StandingSchema } from './schemas';

const data = z.unknown().describe('Any JSON');

const ToolProvider = z.object({
  name: z.string(),
  title: z.string(),
  configured: z.boolean(),
  reason: z.string().optional().describe('Why it cannot be called'),
  status: z
    .enum(['unconfigured', 'healthy', 'unhealthy', 'unknown'])
    .describe('By the calls of the process that answers; GET /servers asks the provider itself'),
  standing: StandingSchema,
  model: z.string().optional().describe('Taken when a step names none'),
  price: PriceSchema.optional().describe('Of the usual model; {} costs nothing, absent is unknown'),
});

export const ToolSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    category: z.string(),
    idempotent: z.enum(['key', 'natural', 'none']),
    placement: z.enum(['local', 'remote']),
    timeoutMs: z.number(),
    input: data.describe('JSON Schema'),
    output: data.describe('JSON Schema'),
    providers: z.array(ToolProvider),
    example: z.string().describe('A step that calls it, as YAML'),
  })
  .meta({ id: 'Tool' });
