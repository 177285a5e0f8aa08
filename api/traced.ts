/** The span of a request: around what changes something, and around whatever a caller has in a trace of his own. */
import type { Attributes, Span } from '@opentelemetry/api';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestHandler, Response } from 'express';
import { parseTraceparent, TRACE_HEADER } from '../src/plan/trace';
import type { Tracing } from '../src/tracing/tracing';
import { activeIds } from '../src/tracing/whereabouts';

/** Tells the caller in which trace it was answered. */
export const TRACE_ID_HEADER = 'X-Trace-Id';

/** Reads alone leave none: the console asks again and again. */
const CHANGES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What follows runs within the span, which ends when the answer has gone out or its reader has left. Absent: nothing is traced. */
export function traced(tracing: Tracing | undefined): RequestHandler {
  return (request, response, next) => {
    const { method } = request;
    const from = parseTraceparent(request.headers[TRACE_HEADER]);
    if (tracing === undefined || (from === undefined && !CHANGES.has(method))) return next();
    const terms = { kind: SpanKind.SERVER, attributes: { 'http.request.method': method }, from };
    const begun = tracing.begin(method, terms, () => {
      const span = trace.getActiveSpan();
      const ids = activeIds();
      response.locals['span'] = ids;
      if (ids) response.set(TRACE_ID_HEADER, ids.traceId);
      const closed = new Promise<void>((resolve) => {
        response.once('close', () => {
          if (span) finish(span, method, response);
          resolve();
        });
      });
      next();
      return closed;
    });
    begun.catch(next);
  };
}

/** For lines that are written when the span is no longer around: the ids of a traced request, else nothing. */
export function idsOf(response: Response): Readonly<Record<string, string>> | undefined {
  return activeIds() === undefined ? (response.locals?.['span'] as Record<string, string>) : undefined;
}

/** Which route it was is known only now. A reader who left before anything was sent has no status. */
function finish(span: Span, method: string, { locals, statusCode, headersSent }: Response): void {
  const route = locals['route'] as string | undefined;
  if (route !== undefined) span.updateName(`${method} ${route}`);
  const attributes: Attributes = {
    ...(route !== undefined && { 'http.route': route }),
    ...(headersSent && { 'http.response.status_code': statusCode }),
  };
  span.setAttributes(attributes);
  if (!headersSent || statusCode < 500) return;
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', String(statusCode));
}
