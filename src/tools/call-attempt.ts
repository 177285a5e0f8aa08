/** One attempt at one provider, and what is reported of it however it ended. */
import type { CallAnswer, CallFailure, CallRequest } from '../plan/call';
import { own } from '../plan/json';
import type { Problem } from '../plan/problem';
import { OmniError, problemOf } from '../plan/problem';
import type { Skipped, Usage } from '../plan/record';
import { NO_USAGE } from '../plan/record';
import type { Provider, ToolAnswer } from './tool';

/** As far as it got. */
export interface CallAttempt {
  readonly request: CallRequest;
  /** Counts from 1. */
  readonly number: number;
  readonly skipped: readonly Skipped[];
  readonly provider?: Provider;
  /** Position in the request's candidates. */
  readonly position?: number;
}

/** What is said when every candidate was passed over. */
export function nobody({ tool, candidates }: CallRequest, skipped: readonly Skipped[]): OmniError {
  const why = skipped.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  return new OmniError(
    'provider-unavailable',
    `None of ${candidates.length} providers of ${tool} can be called. ${why}`,
    { retryable: false },
  );
}

/** `what`: provider and tool, as in `openrouter (stt.transcribe)`. */
export function lateAnswer({ timeoutMs, what }: { readonly timeoutMs: number; readonly what: string }): OmniError {
  return new OmniError('timeout', `${what} did not answer within ${timeoutMs} ms.`);
}

export function usageOf({ usage }: ToolAnswer, durationMs: number): Usage {
  return { ...NO_USAGE, ...usage, durationMs };
}

export function factsOf({
  provider,
  position,
  number,
  skipped,
}: CallAttempt): Pick<CallAnswer, 'provider' | 'candidate' | 'attempts' | 'skipped'> {
  return { provider: provider?.name ?? '', candidate: position ?? 0, attempts: number, skipped };
}

export function failureOf(
  problem: Problem,
  { provider, position, number, skipped }: CallAttempt,
  durationMs: number,
): CallFailure {
  return {
    problem: { ...problem, attempt: number, ...(provider === undefined ? {} : { provider: provider.name }) },
    attempts: number,
    skipped,
    usage: { ...NO_USAGE, ...spent(problem), durationMs },
    ...(provider === undefined ? {} : { provider: provider.name }),
    ...(position === undefined ? {} : { candidate: position }),
  };
}

/** An answer that was refused was billed all the same: providers say so in the problem's data. */
function spent({ data }: Problem): Partial<Usage> {
  const { inputTokens, outputTokens, costUsd } = (own(data, 'usage') ?? {}) as Partial<Record<string, unknown>>;
  return {
    ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
    ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
    ...(typeof costUsd === 'number' ? { costUsd } : {}),
  };
}

/** What a provider throws that is not ours may quote anything, so only its name goes on. */
export function asOmniError(thrown: unknown, { provider, request }: CallAttempt): OmniError {
  if (thrown instanceof OmniError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const { detail } = problemOf(
    'tool-error',
    `${provider?.name ?? request.tool} failed on a defect of its own (${name}).`,
  );
  return new OmniError('tool-error', detail, { cause: thrown });
}
