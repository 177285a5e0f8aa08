/** Traces of this process: where they begin or go on, and who is told of their spans. */
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import {
  BatchSpanProcessor,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TraceParent } from '../plan/trace';
import type { FinishedSpan } from './finished-span';
import { readable, spanContext } from './finished-span';
import type { SpanTerms } from './span';
import { ended, withTracer } from './span';

export interface Tracing {
  /** Runs the work in a span that begins a trace, or goes on with `from`: a door's, or a worker's. */
  begin<T>(
    name: string,
    terms: SpanTerms & { readonly from?: TraceParent | undefined },
    work: () => Promise<T>,
  ): Promise<T>;
  keep(span: FinishedSpan): void;
  /** Resolves when all exporters have taken, or lost, what has ended so far. */
  flush(): Promise<void>;
  /** Sends what is left, for three seconds at most. Never rejects. */
  close(): Promise<void>;
}

export interface TracingOptions {
  /** As others show it: `omni-mcp`. */
  readonly service: string;
  readonly version: string;
  /** Part of the traces that is kept, from 0 to 1, chosen by their ids: all processes choose alike. */
  readonly ratio: number;
  readonly exporters: readonly SpanExporter[];
}

const SCOPE = 'omni-mcp';
/** Spans that wait for an exporter; what comes beyond that is dropped rather than held in memory. */
const QUEUE = 8_192;
const BATCH = 512;
const DELAY_MS = 1_000;
/** A collector that is away keeps no process from ending. */
const LAST_WORD_MS = 3_000;

export function createTracing({ service, version, ratio, exporters }: TracingOptions): Tracing {
  // One for the process; where the program around has one, that is it.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const resource = resourceFromAttributes({ 'service.name': service, 'service.version': version });
  const sampler = new TraceIdRatioBasedSampler(ratio);
  const processors = exporters.map(
    (exporter) =>
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: QUEUE,
        maxExportBatchSize: BATCH,
        scheduledDelayMillis: DELAY_MS,
      }),
  );
  const provider = new TracerProvider({ resource, sampler, spanProcessors: processors });
  const tracer = provider.getTracer(SCOPE, version);
  const chosen = (traceId: string): boolean =>
    sampler.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
  return {
    begin(name, { kind, attributes, from }, work) {
      const outer = withTracer(context.active(), tracer);
      const within = from === undefined ? outer : trace.setSpanContext(outer, spanContext(from, true));
      const span = tracer.startSpan(
        name,
        { kind: kind ?? SpanKind.INTERNAL, ...(attributes && { attributes }) },
        within,
      );
      return context.with(trace.setSpan(within, span), () => ended(span, work));
    },
    keep(span) {
      if (!chosen(span.traceId)) return;
      const finished = readable(span, { resource, instrumentationScope: { name: SCOPE, version } });
      for (const processor of processors) processor.onEnd(finished);
    },
    flush: () => provider.forceFlush().catch(() => undefined),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LAST_WORD_MS)));
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}
