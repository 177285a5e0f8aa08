/** Turns whatever a route throws into `application/problem+json` (RFC 9457). */
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Problem } from '../src/plan/problem';
import { OmniError, problemOf } from '../src/plan/problem';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Answers with a problem; `members` are extensions such as `diagnostics`. */
export function sendProblem(
  response: Response,
  problem: Problem,
  members: Readonly<Record<string, unknown>> = {},
): void {
  const body = JSON.stringify({ instance: `urn:uuid:${requestId(response.req)}`, ...problem, ...members });
  response
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .set('Content-Type', PROBLEM_MEDIA_TYPE)
    .send(Buffer.from(body));
}

/** Last in the chain of handlers. A stranger's text is logged, never sent: it may hold anything. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof OmniError) {
      // Of a body that is still on its way the rest is not waited for.
      if (error.problem.status === 408) response.set('Connection', 'close');
      if (error.retryAfterMs !== undefined) response.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
      if (error.problem.type === 'internal') logger.error({ err: error, requestId: request.id }, 'request failed');
      sendProblem(response, error.problem);
      return;
    }
    if (error instanceof URIError) {
      sendProblem(response, problemOf('validation', 'The address holds a broken percent escape.'));
      return;
    }
    logger.error({ err: error, requestId: request.id }, 'request failed');
    sendProblem(
      response,
      problemOf('internal', `Something of ours failed. The log tells more under request ${requestId(request)}.`),
    );
  };
}

/** A UUID, made by the log. */
function requestId(request: Request): string {
  return typeof request.id === 'string' ? request.id : '';
}
