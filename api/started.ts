/** Answers to requests that start an execution: 202 with its address, or, for those who wait, how it ended. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Execution } from '../src/executions/execution';
import type { Executions } from '../src/executions/executions';
import type { Started } from '../src/executions/start';
import { faultsOf, invalid } from '../src/library/faults';
import { OmniError } from '../src/plan/problem';
import type { Caller } from '../src/security/caller';
import { executionLinks, executionPath } from './links';
import { waitSeconds } from './prefer';
import type { Answer } from './route';
import { IdempotencyKey } from './schemas';

/** Who asks for an execution, so that he does not answer its questions to people; nobody knows who asks where nobody shows a key. */
export function requesterOf({ id, kind }: Caller): { readonly by?: string } {
  return kind === 'anonymous' ? {} : { by: id };
}

/** What the headers of a starting request ask for. */
export interface StartWishes {
  /** Seconds. */
  readonly wait?: number;
  readonly idempotencyKey?: string;
}

/** Throws `validation` for an unusable `Idempotency-Key`; `Prefer` is a wish and never refused. */
export function startWishes(headers: IncomingHttpHeaders): StartWishes {
  const wait = waitSeconds(headers['prefer']);
  const parsed = IdempotencyKey.safeParse(headers['idempotency-key']);
  if (!parsed.success) throw invalid('The header Idempotency-Key', faultsOf(parsed.error));
  return {
    ...(wait === undefined ? {} : { wait }),
    ...(parsed.data === undefined ? {} : { idempotencyKey: parsed.data }),
  };
}

export function executionBody(execution: Execution): object {
  return { ...execution, links: executionLinks(execution.executionId) };
}

/** How the execution ended, or undefined when it is not done within the wait or the signal comes first. */
export async function endWithin(
  executions: Executions,
  executionId: string,
  { wait, signal }: { readonly wait: number; readonly signal: AbortSignal },
): Promise<Execution | undefined> {
  try {
    const ended = await executions.wait(executionId, AbortSignal.any([signal, AbortSignal.timeout(wait * 1000)]));
    return ended ? await executions.describe(executionId) : undefined;
  } catch (error) {
    // It was started: that Temporal is away for a moment must not keep its address from the client.
    if (error instanceof OmniError && error.problem.type === 'provider-unavailable') return undefined;
    throw error;
  }
}

/** `preferred`: the seconds that were waited in vain. */
export function accepted({ executionId, runId }: Started, preferred?: number): Answer {
  return {
    status: 202,
    headers: startedHeaders(executionId, preferred),
    body: { executionId, runId, status: 'running', links: executionLinks(executionId) },
  };
}

export function startedHeaders(executionId: string, preferred?: number): Readonly<Record<string, string>> {
  return {
    Location: executionPath(executionId),
    ...(preferred === undefined ? {} : { 'Preference-Applied': `wait=${preferred}` }),
  };
}
