/** What a failed activity means to the interpreter. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { CallFailure, CallRequest } from '../src/plan/call';
import { isObject } from '../src/plan/json';
import type { Problem } from '../src/plan/problem';
import { problemOf, toProblem } from '../src/plan/problem';
import type { Usage } from '../src/plan/record';
import { NO_USAGE } from '../src/plan/record';
import { spentIn, unanswered } from '../src/plan/spent';

export function callFailure(thrown: unknown, request: CallRequest): CallFailure {
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  if (cause instanceof ApplicationFailure) {
    const [detail] = cause.details ?? [];
    if (isObject(detail) && isObject(detail['problem'])) return detail as unknown as CallFailure;
    return lost(request, problemOf('internal', `${request.tool} failed outside its own code: ${cause.message}`));
  }
  if (cause instanceof TimeoutFailure)
    return { ...lost(request, timedOut(cause, request)), usage: spentBy(cause, request) };
  return lost(request, toProblem(cause));
}

/** The problem that a failed activity or child carries, whatever wraps it. */
export function problemIn(thrown: unknown): Problem {
  const cause = thrown instanceof ActivityFailure || thrown instanceof ChildWorkflowFailure ? thrown.cause : thrown;
  const [detail] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return isObject(detail) && typeof detail['type'] === 'string' ? (detail as unknown as Problem) : toProblem(cause);
}

/** What an execution had spent that failed, or was cancelled and could say so; of one that was terminated nothing is known. */
export function usageIn(thrown: unknown): Usage {
  const cause = thrown instanceof ChildWorkflowFailure ? thrown.cause : thrown;
  const tells = cause instanceof ApplicationFailure || cause instanceof CancelledFailure;
  const details = tells ? (cause.details ?? []) : [];
  const usage: unknown = details[1];
  return isObject(usage) && typeof usage['costUsd'] === 'number' ? (usage as unknown as Usage) : NO_USAGE;
}

/** The failure never reached our code, so which provider it was is not known: the first one counts. */
function lost(request: CallRequest, problem: Problem): CallFailure {
  const provider = request.candidates[0]?.provider;
  const located = provider === undefined ? problem : { ...problem, provider };
  return {
    problem: located,
    candidate: 0,
    attempts: Math.max(1, request.retry.at(-1)?.maxAttempts ?? 1),
    skipped: [],
    usage: NO_USAGE,
    ...(provider === undefined ? {} : { provider }),
  };
}

/** A call that no worker took cost nothing; one of whose worker nothing was heard may have been sent. */
function spentBy({ timeoutType, lastHeartbeatDetails }: TimeoutFailure, request: CallRequest): Usage {
  if (timeoutType === 'SCHEDULE_TO_START') return NO_USAGE;
  return isObject(lastHeartbeatDetails) ? spentIn(lastHeartbeatDetails) : unanswered(request, request.candidates[0]);
}

function timedOut({ timeoutType }: TimeoutFailure, { tool, idempotent, candidates }: CallRequest): Problem {
  const queue = candidates[0]?.queue;
  if (timeoutType === 'SCHEDULE_TO_START')
    return problemOf(
      'provider-unavailable',
      `No worker took ${tool} from the queue ${queue ?? ''}. Start the process that registered it.`,
    );
  if (idempotent === 'none')
    return problemOf(
      'outcome-unknown',
      `The worker that called ${tool} was lost, and ${tool} is tried only once: whether it took effect is unknown.`,
    );
  return problemOf('timeout', `The worker that called ${tool} was lost or did not answer in time, on every attempt.`);
}
