/** Shapes of traces, as the API speaks them. */
import { z } from 'zod';
import { SPAN_KINDS, SPAN_STATUSES } from '../src/store/span-table';
import { TRACE_STATUSES } from '../src/store/trace-rows';

export const TraceId = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits, in lower case');

const SpanId = z.string().describe('16 hexadecimal digits');
const duration = z.number().describe('Milliseconds');

export const TraceSummarySchema = z
  .object({
    traceId: z.string(),
    operationName: z.string().describe('Of the span that this tells of: the one asked for, or the first one'),
    service: z.string(),
    status: z.enum(TRACE_STATUSES).describe('`running`: an execution of it has not told its end'),
    startTime: z.iso.datetime(),
    duration: duration.describe('Milliseconds; of what runs until now'),
    spans: z.number().int().describe('How many the trace has here'),
    executionId: z.string().optional(),
    workflow: z.string().optional(),
  })
  .meta({ id: 'TraceSummary' });

export const SpanSchema = z
  .object({
    spanId: SpanId,
    parentId: SpanId.optional().describe('The span that it is a part of, which need not be here'),
    name: z.string(),
    service: z.string(),
    kind: z.enum(SPAN_KINDS),
    status: z.enum(SPAN_STATUSES),
    startTime: z.iso.datetime(),
    endTime: z.iso.datetime(),
    duration,
    executionId: z.string().optional(),
    workflow: z.string().optional(),
    attributes: z.record(z.string(), z.unknown()).describe('Names, numbers and words of closed lists'),
    links: z.array(z.object({ traceId: z.string(), spanId: SpanId })).describe('Spans that it goes on from'),
  })
  .meta({ id: 'Span' });

export const TraceSchema = TraceSummarySchema.omit({ spans: true })
  .extend({
    spans: z.array(SpanSchema).describe('In order of their start'),
    truncated: z.int().optional().describe('The trace has so many spans: the later ones are left out'),
  })
  .meta({ id: 'Trace' });
