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

const count = z.number().int().nonnegative();

export const DashboardSchema = z
  .object({
    metrics: z
      .record(
        z.string(),
        z.object({
          latest: z
            .number()
            .describe('A counter’s growth in the last hour, a gauge now, a histogram’s mean of the hour'),
          trend: z.number().describe('Less what it was an hour before; 0 where nothing is known of then'),
        }),
      )
      .describe('By name, the specification’s where it has one'),
    alerts: z.object({ total: count, firing: count, resolved: count.describe('Fired once, and do not any more') }),
    traces: z
      .object({
        total: count,
        successRate: z.number().describe('Percent; 100 when there are none'),
        averageDuration: z.number().describe('Milliseconds'),
      })
      .describe('Of executions that began within the last 24 hours, and have ended'),
    healthChecks: z
      .object({ total: count, healthy: count, degraded: count, unhealthy: count })
      .describe('What the process stands on that answers, and providers that are configured and can be asked'),
  })
  .meta({ id: 'Dashboard' });
