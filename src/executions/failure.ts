/** Temporal's errors in our own shape. */
import { isGrpcDeadlineError, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { isObject } from '../plan/json';
import { KEY_WITHDRAWN_REASON } from '../plan/payload-mark';
import type { Problem } from '../plan/problem';
import { OmniError, problemOf } from '../plan/problem';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/). */
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const RESOURCE_EXHAUSTED = 8;

export function notFound(executionId: string): OmniError {
  return new OmniError('not-found', `There is no execution ${executionId}. GET /executions lists those that are kept.`);
}

/** Runs a request to Temporal about an execution; what goes wrong leaves as `OmniError`. */
export async function asked<T>(executionId: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw requestError(error, executionId);
  }
}

export function requestError(error: unknown, executionId: string): unknown {
  if (error instanceof WorkflowNotFoundError) return notFound(executionId);
  const code = grpcCode(error);
  if (code === undefined) return error;
  if (code === NOT_FOUND) return notFound(executionId);
  const detail = error instanceof Error ? (rootCause(error)?.message ?? error.message) : '';
  if (code === INVALID_ARGUMENT)
    return new OmniError('validation', `Temporal refused the request: ${detail}`, { cause: error });
  if (code === RESOURCE_EXHAUSTED)
    return new OmniError('rate-limited', 'Temporal has more to do than it can take. Try again in a moment.', {
      cause: error,
      retryAfterMs: 1000,
    });
  return new OmniError(
    'provider-unavailable',
    'Temporal does not answer. Check that its server runs and that TEMPORAL_ADDRESS names it.',
    {
      cause: error,
    },
  );
}

function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  if (isGrpcDeadlineError(error)) return 4;
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

function rootCause(error: Error): Error | undefined {
  return error.cause instanceof Error ? error.cause : undefined;
}

/** The problem that an execution or a call ended with. */
export function problemOfFailure(failure: unknown): Problem {
  if (failure instanceof ApplicationFailure) {
    const detail: unknown = failure.details?.[0];
    const found = isObject(detail) && isObject(detail['problem']) ? detail['problem'] : detail;
    if (isProblem(found)) return found as Problem;
    return problemOf('internal', failure.message);
  }
  if (failure instanceof ActivityFailure) return problemOfFailure(failure.cause);
  if (failure instanceof CancelledFailure) return problemOf('cancelled', 'The execution was cancelled.');
  if (failure instanceof TerminatedFailure && failure.message === KEY_WITHDRAWN_REASON)
    return problemOf(
      'policy',
      'A key that the values of this execution are encrypted with was withdrawn, so it was ended.',
    );
  if (failure instanceof TerminatedFailure) return problemOf('cancelled', 'The execution was terminated.');
  if (failure instanceof TimeoutFailure) return problemOf('timeout', `Temporal ended it: ${failure.message}`);
  return problemOf('internal', failure instanceof Error ? failure.message : String(failure));
}

function isProblem(value: unknown): boolean {
  return (
    isObject(value) &&
    ['type', 'title', 'detail'].every((member) => typeof value[member] === 'string') &&
    typeof value['status'] === 'number'
  );
}
