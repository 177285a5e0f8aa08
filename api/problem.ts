/** Turns whatever a route throws into `application/problem+json` (RFC 9457). */
import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Fault, Problem } from '../src/plan/problem';
import { OmniError, problemOf } from '../src/plan/problem';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Answers with a problem; `members` are extensions such as `diagnostics`. */
export function sendProblem(
  response: Response,
  problem: Problem,
  members: Readonly<Record<string, unknown>> = {},
): void {
  const body = JSON.stringify({ instance: `urn:uuid:${String(response.req.id)}`, ...problem, ...members });
  response
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .set('Content-Type', PROBLEM_MEDIA_TYPE)
    .send(Buffer.from(body));
}

/** Faults of a value that a zod schema refused; `root` is the pointer of the value within the body. */
export function faultsOf(error: z.core.$ZodError, root = ''): readonly Fault[] {
  return error.issues.flatMap((issue) => {
    const at = `${root}${issue.path.map((part) => `/${escapePointer(String(part))}`).join('')}`;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ pointer: `${at}/${escapePointer(key)}`, detail: 'is not known here' }));
    return [{ pointer: at, detail: issue.message }];
  });
}

/** One sentence over all faults, so that the detail alone says which fields are wrong. */
export function invalid(what: string, errors: readonly Fault[]): OmniError {
  const places = errors.map(({ pointer, detail }) => `${pointer || 'the body'}: ${detail}`);
  return new OmniError('validation', `${what} is not valid. ${places.slice(0, 10).join('; ')}.`, { errors });
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Last in the chain of handlers. A stranger's text is logged, never sent: it may hold anything. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof OmniError) {
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
      problemOf('internal', `Something of ours failed. The log tells more under request ${String(request.id)}.`),
    );
  };
}
