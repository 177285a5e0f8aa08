/** The resource `monitoring/traces`: what happened in one request or execution, span by span. */
import { z } from 'zod';
import type { TraceQuery } from '../../src/monitoring/traces';
import { MOST_SPANS } from '../../src/monitoring/traces';
import { OmniError } from '../../src/plan/problem';
import type { KeptSpan } from '../../src/store/span-table';
import type { TraceRow } from '../../src/store/trace-rows';
import { TRACE_STATUSES } from '../../src/store/trace-rows';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';
import { ExecutionId } from '../schemas';
import { TraceId, TraceSchema, TraceSummarySchema } from '../trace-schemas';

const time = z.iso.datetime({ offset: true }).or(z.iso.date()).optional();
const word = z.string().min(1).max(256).optional();

const TracesQuery = z.strictObject({
  operationName: word.describe(
    'Name of a span: each row tells of the first such span of a trace that all else is true of; absent: of the whole trace',
  ),
  status: z.enum(TRACE_STATUSES).optional(),
  workflow: word.describe('Id of a definition'),
  executionId: ExecutionId.optional(),
  startTime: time.describe('Begun at this time or later, ISO 8601'),
  endTime: time.describe('Begun before this time'),
  minDuration: z.coerce.number().min(0).optional().describe('Milliseconds'),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().max(100).optional().describe('`next` of the page before'),
});

export function traceRoutes({ monitoring: { traces } }: ApiDependencies): readonly Route[] {
  const tag = 'Monitoring';
  return [
    route({
      method: 'get',
      path: '/monitoring/traces',
      tag,
      summary: 'Traces, the newest first',
      query: TracesQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({ traces: z.array(TraceSummarySchema), next: z.string().optional() }),
        },
      },
      handle: async ({ query }) => {
        const { traces: rows, ...page } = await traces.list(queryOf(query));
        return { body: { traces: rows.map(summaryOf), ...page } };
      },
    }),
    route({
      method: 'get',
      path: '/monitoring/traces/{traceId}',
      tag,
      summary: `One trace with its spans, at most ${MOST_SPANS}`,
      params: z.object({ traceId: TraceId }),
      answers: { 200: { description: 'The trace', schema: TraceSchema } },
      handle: async ({ params: { traceId } }) => {
        const { trace, spans } = await traces.get(traceId);
        const truncated = trace.spans > spans.length ? { truncated: trace.spans } : {};
        return { body: { ...summaryOf(trace), spans: spans.map(spanOf), ...truncated } };
      },
    }),
  ];
}

type Query = z.output<typeof TracesQuery>;

function queryOf({ operationName, startTime, endTime, minDuration, ...rest }: Query): TraceQuery {
  const given = {
    ...rest,
    operation: operationName,
    from: startTime === undefined ? undefined : new Date(startTime),
    to: endTime === undefined ? undefined : new Date(endTime),
    minDurationMs: minDuration,
  };
  if (given.from !== undefined && given.to !== undefined && given.from >= given.to)
    throw new OmniError('validation', 'startTime must be before endTime.', {
      errors: [{ pointer: '/startTime', detail: 'is not before endTime' }],
    });
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}

const isoOf = (us: number): string => new Date(us / 1_000).toISOString();

function summaryOf(row: TraceRow): z.input<typeof TraceSummarySchema> {
  const { traceId, name, service, status, startedUs, durationMs, spans, executionId, workflow } = row;
  return {
    traceId,
    operationName: name,
    service,
    status,
    startTime: isoOf(startedUs),
    duration: durationMs,
    spans,
    ...(executionId !== null && { executionId }),
    ...(workflow !== null && { workflow }),
  };
}

function spanOf({
  traceId: _,
  startedUs,
  endedUs,
  links,
  ...span
}: KeptSpan): z.input<typeof TraceSchema>['spans'][number] {
  return {
    ...span,
    links: [...links],
    startTime: isoOf(startedUs),
    endTime: isoOf(endedUs),
    duration: (endedUs - startedUs) / 1_000,
  };
}
