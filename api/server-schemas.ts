/** The shape of a provider and how it stands, as the API speaks it. */
import { z } from 'zod';
import { StandingSchema } from './schemas';

export const ServerSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    status: z.enum(['unconfigured', 'healthy', 'degraded', 'unhealthy', 'unknown']),
    reason: z.string().optional(),
    standing: StandingSchema,
    tools: z.array(z.string()),
    variables: z.array(z.object({ name: z.string(), required: z.boolean(), description: z.string() })),
  })
  .meta({ id: 'Server' });
