/** A span that is told of when it is over, in the form that exporters of OpenTelemetry take. */
import type { Attributes, SpanContext } from '@opentelemetry/api';
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { TraceParent } from '../plan/trace';

/** Times are milliseconds since 1970. */
export interface FinishedSpan extends TraceParent {
  readonly name: string;
  readonly parentSpanId?: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: boolean;
  /** As in `SpanTerms`. */
  readonly attributes: Attributes;
  /** Of the same trace: the span that it goes on from without being a part of it. */
  readonly follows?: string;
}

export function spanContext({ traceId, spanId }: TraceParent, isRemote = false): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote };
}

export function readable(
  { name, traceId, spanId, parentSpanId, startedAt, endedAt, failed, attributes, follows }: FinishedSpan,
  of: Pick<ReadableSpan, 'resource' | 'instrumentationScope'>,
): ReadableSpan {
  const within = spanContext({ traceId, spanId });
  return {
    ...of,
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => within,
    ...(parentSpanId === undefined ? {} : { parentSpanContext: spanContext({ traceId, spanId: parentSpanId }, true) }),
    startTime: millisToHrTime(startedAt),
    endTime: millisToHrTime(endedAt),
    duration: millisToHrTime(endedAt - startedAt),
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.OK },
    attributes,
    links: follows === undefined ? [] : [{ context: spanContext({ traceId, spanId: follows }) }],
    events: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
