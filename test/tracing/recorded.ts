/** A real tracer whose spans are kept in memory. */
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import type { Attributes, SpanKind } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import type { Tracing } from '../../src/tracing/tracing';
import { createTracing } from '../../src/tracing/tracing';

export interface RecordedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | undefined;
  readonly failed: boolean;
  readonly attributes: Attributes;
}

export interface RecordedTracing {
  readonly tracing: Tracing;
  /** All that have ended since it was asked last, in the order in which they ended. */
  readonly spans: () => Promise<readonly RecordedSpan[]>;
}

export function recordedTracing(ratio = 1): RecordedTracing {
  const exporter = new InMemorySpanExporter();
  const tracing = createTracing({ service: 'test', version: '0.0.0', ratio, exporters: [exporter] });
  return {
    tracing,
    async spans() {
      await tracing.flush();
      const ended = exporter.getFinishedSpans();
      exporter.reset();
      return ended.map((span) => ({
        name: span.name,
        kind: span.kind,
        traceId: span.spanContext().traceId,
        spanId: span.spanContext().spanId,
        parent: span.parentSpanContext?.spanId,
        failed: span.status.code === SpanStatusCode.ERROR,
        attributes: { ...span.attributes },
      }));
    },
  };
}
