/** Keeps spans in the database. One that is away loses them: whoever is traced never waits for it, and never fails with it. */
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { context, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ExportResultCode, hrTimeToMicroseconds, suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Json, JsonObject } from '../plan/json';
import type { KeptSpan, SpanTable } from '../store/span-table';

export interface SpanExporterParts {
  readonly table: Pick<SpanTable, 'keep'>;
  /** Namespace and task queue. */
  readonly home: string;
  readonly logger: Logger;
}

const MOST_ATTRIBUTES = 64;
const MOST_MEMBERS = 32;
const MOST_CHARACTERS = 256;
const MOST_LINKS = 16;
/** Batches that wait for the database: more than the queue of a tracer can hold, so only one that hangs comes to it. */
const MOST_WAITING = 32;

/** Says once that spans are lost, and once that they are kept again. */
export function createSpanExporter({ table, home, logger }: SpanExporterParts): SpanExporter {
  let heard = true;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  /** One after the other: others need the connections more. */
  const keep = async (spans: readonly KeptSpan[]): Promise<void> => {
    if (waiting >= MOST_WAITING) throw new Error('The database has not taken the spans before these yet.');
    waiting += 1;
    // What keeps spans is not traced: it would make more of them.
    const kept = last.then(() => context.with(suppressTracing(context.active()), () => table.keep(home, spans)));
    last = kept.then(
      () => void (waiting -= 1),
      () => void (waiting -= 1),
    );
    await kept;
  };
  return {
    export(spans, done) {
      keep(spans.map(keptSpan)).then(
        () => {
          if (!heard) logger.info('spans kept again');
          heard = true;
          done({ code: ExportResultCode.SUCCESS });
        },
        (error: Error) => {
          if (heard) logger.warn({ error }, 'spans not kept');
          heard = false;
          done({ code: ExportResultCode.FAILED, error });
        },
      );
    },
    forceFlush: () => last,
    shutdown: () => last,
  };
}

const KINDS: Readonly<Record<SpanKind, KeptSpan['kind']>> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};

const STATUSES: Readonly<Record<SpanStatusCode, KeptSpan['status']>> = {
  [SpanStatusCode.UNSET]: 'unset',
  [SpanStatusCode.OK]: 'ok',
  [SpanStatusCode.ERROR]: 'error',
};

/** Without events and the message of its status: both may quote what somebody sent. */
export function keptSpan(span: ReadableSpan): KeptSpan {
  const { traceId, spanId } = span.spanContext();
  const startedUs = Math.round(hrTimeToMicroseconds(span.startTime));
  const attributes = keptAttributes(span.attributes);
  const { 'omni.execution.id': executionId, 'omni.workflow': workflow } = attributes;
  return {
    traceId,
    spanId,
    ...(span.parentSpanContext !== undefined && { parentId: span.parentSpanContext.spanId }),
    name: bounded(span.name),
    service: bounded(String(span.resource.attributes['service.name'] ?? 'unknown')),
    kind: KINDS[span.kind],
    status: STATUSES[span.status.code],
    startedUs,
    endedUs: Math.max(startedUs, Math.round(hrTimeToMicroseconds(span.endTime))),
    ...(typeof executionId === 'string' && { executionId }),
    ...(typeof workflow === 'string' && { workflow }),
    attributes,
    links: span.links
      .slice(0, MOST_LINKS)
      .map((link) => ({ traceId: link.context.traceId, spanId: link.context.spanId })),
  };
}

function keptAttributes(attributes: Attributes): JsonObject {
  const kept = Object.entries(attributes).slice(0, MOST_ATTRIBUTES);
  return Object.fromEntries(
    kept.flatMap(([name, value]) => (value === undefined ? [] : [[bounded(name), keptValue(value)]])),
  );
}

function keptValue(value: AttributeValue): Json {
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((member) => keptValue(member ?? ''));
  if (typeof value === 'string') return bounded(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** What PostgreSQL takes: no U+0000, and no half of a surrogate pair, which a cut may leave too. */
function bounded(text: string): string {
  return Buffer.from(text.slice(0, MOST_CHARACTERS).replaceAll('\0', '')).toString('utf8');
}
