/** Spans of what happens inside of something that is traced; nothing where nothing is. */
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import { context, createContextKey, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { traceparent } from '../plan/trace';
import { OmniError } from '../plan/problem';

export interface SpanTerms {
  /** Default: `INTERNAL`. */
  readonly kind?: SpanKind;
  /** Names, numbers and closed lists only: spans are shown to whoever may see traces, and leave for collectors. */
  readonly attributes?: Attributes;
}

const TRACER = createContextKey('omni tracer');

export function withTracer(within: Context, tracer: Tracer): Context {
  return within.setValue(TRACER, tracer);
}

/** Runs the work in a span below the active one. Where nothing is traced the work simply runs. */
export function inSpan<T>(name: string, { kind, attributes }: SpanTerms, work: () => Promise<T>): Promise<T> {
  const tracer = context.active().getValue(TRACER) as Tracer | undefined;
  if (tracer === undefined) return work();
  const span = tracer.startSpan(name, { kind: kind ?? SpanKind.INTERNAL, ...(attributes && { attributes }) });
  return context.with(trace.setSpan(context.active(), span), () => ended(span, work));
}

/** Adds to the active span, if it is one of ours (a program around may have its own), and names it anew where a name is given. */
export function annotate(attributes: Attributes, name?: string): void {
  if (context.active().getValue(TRACER) === undefined) return;
  const span = trace.getActiveSpan()?.setAttributes(attributes);
  if (name !== undefined) span?.updateName(name);
}

/** The header for whoever is asked now; undefined where nothing is traced. */
export function activeTraceparent(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active && traceparent(active);
}

/** Type of what an attempt ends with that only waited for a limit: nothing was asked, and nothing is wrong. */
const POSTPONED = 'postponed';

/** Ends the span as the work ends. Of an error only its type is told: texts may quote what somebody sent. */
export async function ended<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const type = typeOf(thrown);
    if (type === POSTPONED) span.setAttribute('omni.postponed', true);
    else span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type);
    throw thrown;
  } finally {
    span.end();
  }
}

function typeOf(thrown: unknown): string {
  if (thrown instanceof OmniError) return thrown.problem.type;
  const { type, code, name } = thrown as { readonly type?: unknown; readonly code?: unknown; readonly name?: unknown };
  const told = [type, code, name].find((value) => typeof value === 'string' && /^[\w.-]{1,60}$/.test(value));
  return (told as string | undefined) ?? 'unknown';
}
