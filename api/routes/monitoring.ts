/** The resource `monitoring`: how numbers went over time, and the figures of a dashboard. */
import { z } from 'zod';
import { METRIC_ALIASES, METRICS } from '../../src/monitoring/metric-list';
import { OmniError } from '../../src/plan/problem';
import type { ApiDependencies } from '../dependencies';
import { DashboardSchema, MetricSchema, SeriesSchema } from '../metric-schemas';
import type { Route } from '../route';
import { route } from '../route';

const time = z.iso.datetime({ offset: true }).or(z.iso.date());
const HOUR_MS = 60 * 60_000;

const MetricsQuery = z.strictObject({
  name: z.string().min(1).max(100).optional().describe('Of the metric; absent: which there are'),
  startTime: time.optional().describe('ISO 8601; default an hour before the end'),
  endTime: time.optional().describe('ISO 8601; default now'),
  labels: z
    .string()
    .max(1000)
    .regex(/^[\w.-]+:[^,]+(,[\w.-]+:[^,]+)*$/, 'labels are written as name:value,name:value')
    .optional()
    .describe('Only series with these labels: `workflow:bilingual-coach,status:success`'),
  stepSeconds: z.coerce.number().int().min(10).max(86_400).optional().describe('What one point stands for'),
});

export function monitoringRoutes({ monitoring, dashboard }: ApiDependencies): readonly Route[] {
  const tag = 'Monitoring';
  return [
    route({
      method: 'get',
      path: '/monitoring/dashboard',
      tag,
      summary: 'Metrics, alerts, traces and health in figures',
      answers: { 200: { description: 'The figures', schema: DashboardSchema } },
      handle: async () => ({ body: await dashboard() }),
    }),
    route({
      method: 'get',
      path: '/monitoring/metrics',
      tag,
      summary: 'How a metric went over time, or which metrics there are',
      query: MetricsQuery,
      answers: {
        200: {
          description: 'The metric’s series, or all metrics',
          schema: z.union([SeriesSchema, z.object({ metrics: z.array(MetricSchema) })]),
        },
      },
      handle: async ({ query }) => {
        const { name, startTime, endTime, labels, stepSeconds } = query;
        const to = endTime === undefined ? new Date() : new Date(endTime);
        const from = startTime === undefined ? new Date(to.getTime() - HOUR_MS) : new Date(startTime);
        if (from >= to)
          throw new OmniError('validation', `startTime must be before endTime; ${from.toISOString()} is not.`, {
            errors: [{ pointer: '/startTime', detail: 'is not before endTime' }],
          });
        if (name === undefined) return { body: { metrics: listed(await monitoring.names(from)) } };
        return {
          body: await monitoring.series({
            name,
            from,
            to,
            labels: labelsIn(labels),
            ...(stepSeconds === undefined ? {} : { stepSeconds }),
          }),
        };
      },
    }),
  ];
}

function labelsIn(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(',').map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]),
  );
}

function listed(names: readonly string[]): z.infer<typeof MetricSchema>[] {
  const aliases = new Map<string, string>(Object.entries(METRIC_ALIASES).map(([alias, name]) => [name, alias]));
  const ours = Object.entries(METRICS).map(([name, { type, help, labels }]) => {
    const alias = aliases.get(name);
    return { name, type, description: help, labels: [...labels], ...(alias === undefined ? {} : { alias }) };
  });
  const recorded = names
    .filter((name) => !name.startsWith('orchestrator_'))
    .map((name) => ({ name, type: 'recorded' as const, description: 'Recorded by a program' }));
  return [...ours, ...recorded];
}
