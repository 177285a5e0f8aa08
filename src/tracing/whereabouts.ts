/** Where in which trace, and for which step of which execution, something is done: what lines of the log say of it. */
import type { Context } from '@opentelemetry/api';
import { createContextKey, context, trace } from '@opentelemetry/api';

/** Whom an activity works for. */
export interface WorkedFor {
  readonly executionId?: string | undefined;
  /** Its path. */
  readonly step?: string | undefined;
}

const FOR = createContextKey('omni worked for');

export function workingFor(within: Context, whom: WorkedFor): Context {
  return within.setValue(FOR, whom);
}

/** Empty outside of activities. */
export function workedFor(): WorkedFor {
  return (context.active().getValue(FOR) as WorkedFor | undefined) ?? {};
}

/** Of the active span; undefined where nothing is traced. */
export function activeIds(): { readonly traceId: string; readonly spanId: string } | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active && { traceId: active.traceId, spanId: active.spanId };
}
