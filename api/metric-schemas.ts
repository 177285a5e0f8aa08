/** Shapes of metrics and of how they went, as the API speaks them. */
import { z } from 'zod';

const Labels = z.record(z.string(), z.string());

export const SeriesSchema = z
  .object({
    name: z.string(),
    stepSeconds: z.number().int(),
    series: z.array(
      z.object({
        labels: Labels,
        points: z.array(
          z.object({
            at: z.iso.datetime().describe('The beginning of the step'),
            value: z
              .number()
              .describe('A counter’s growth in the step, a gauge’s value at its end, a histogram’s mean'),
            count: z.number().optional().describe('Of a histogram: how many values'),
          }),
        ),
      }),
    ),
    truncated: z.literal(true).optional().describe('The oldest points are left out'),
  })
  .meta({ id: 'MetricSeries' });

export const MetricSchema = z
  .object({
    name: z.string(),
    type: z.enum(['counter', 'gauge', 'histogram', 'recorded']),
    description: z.string(),
    labels: z.array(z.string()).optional(),
    alias: z.string().optional().describe('The specification’s name for it'),
  })
  .meta({ id: 'Metric' });
