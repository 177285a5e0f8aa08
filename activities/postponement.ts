/** Calls that wait for a limit of ours: Temporal holds them in the meantime, and they cost no attempt. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { CallRequest } from '../src/plan/call';
import { MAX_POSTPONEMENTS, mostAttempts } from '../src/plan/call';
import { isObject } from '../src/plan/json';
import { OmniError } from '../src/plan/problem';
import type { CallAttempt } from '../src/tools/call-attempt';
import type { Admission } from '../src/tools/admission';
import type { Account } from './account';

/** What a call has waited for limits so far; it travels in the activity's heartbeat. */
export interface Postponed {
  readonly times: number;
  readonly ms: number;
}

/** No call waits longer than this in total; then it fails as `rate-limited`, and the step goes on as it says. */
const PATIENCE_MS = 15 * 60_000;

/** `details`: of the last heartbeat of the attempt before. */
export function postponedOf(details: unknown): Postponed {
  const { times, ms } = isObject(details) && isObject(details['postponed']) ? details['postponed'] : {};
  return typeof times === 'number' && typeof ms === 'number' ? { times, ms } : { times: 0, ms: 0 };
}

/** Throws what makes Temporal try again later, if only limits stand in the way and there is patience left. */
export function postpone(
  { tool }: CallRequest,
  shut: Admission['shut'],
  { postponed: { times, ms }, postpone: note }: Pick<Account, 'postponed' | 'postpone'>,
): void {
  const limited = shut.find(({ why }) => why === 'limit');
  // A local activity has no heartbeat to remember by.
  if (limited === undefined || Context.current().info.isLocal) return;
  const waitMs = limited.turnstile.queue(limited.waitMs);
  if (times >= MAX_POSTPONEMENTS || ms + waitMs > PATIENCE_MS) return;
  note({ times: times + 1, ms: ms + waitMs });
  throw ApplicationFailure.create({
    message: `${tool} waits until a limit of its providers lets it through.`,
    type: 'postponed',
    nonRetryable: false,
    nextRetryDelay: waitMs,
  });
}

/**
 * Throws when workers were lost so often that no attempt is left: Temporal allows more, to have room for postponements. An attempt counts
 * unless its postponement is on record, so a tool that is tried once is never called again after a call that may have happened.
 */
export function checkAttempts({ request, number }: CallAttempt): void {
  if (number <= mostAttempts(request)) return;
  if (request.idempotent === 'none')
    throw new OmniError(
      'outcome-unknown',
      `The worker that called ${request.tool} was lost, and ${request.tool} is tried only once: whether it took effect is unknown.`,
    );
  const detail = `The worker that called ${request.tool} was lost or did not answer in time, on every attempt.`;
  throw new OmniError('timeout', detail, { retryable: false });
}
