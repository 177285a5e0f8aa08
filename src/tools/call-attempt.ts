/** One attempt at one provider, and what is reported of it however it ended. */
import type { CallAnswer, CallFailure, CallRequest } from '../plan/call';
import { isObject, own } from '../plan/json';
import type { Price } from '../plan/price';
import { costOf } from '../plan/price';
import type { Problem } from '../plan/problem';
import { OmniError, problemOf } from '../plan/problem';
import type { Skipped, Usage } from '../plan/record';
import { NO_USAGE } from '../plan/record';
import type { AnswerUsage, Provider } from './tool';

/** As far as it got. */
export interface CallAttempt {
  readonly request: CallRequest;
  /** Counts from 1. */
  readonly number: number;
  readonly skipped: readonly Skipped[];
  readonly provider?: Provider;
  /** Position in the request's candidates. */
  readonly position?: number;
  /** The provider has been asked. */
  readonly sent?: true;
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

/**
 * What a failed attempt means for a tool that is tried once: unless the far side has refused, nobody knows whether it took effect, so
 * neither the next provider of a list nor a rerun may ask for it again unbidden.
 */
export function outcomeOf(error: OmniError, { request, provider, sent }: CallAttempt): OmniError {
  const { type, detail, data, errors } = error.problem;
  if (request.idempotent !== 'none' || sent === undefined || error.undone || type === 'outcome-unknown') return error;
  const what = detail.replace(/ It can be tried again\.$/, '');
  return new OmniError(
    'outcome-unknown',
    `${what} Whether ${request.tool} took effect is unknown: find out there before it is called again.`,
    {
      cause: error,
      data: { ...(isObject(data) ? data : {}), was: type },
      ...(provider === undefined ? {} : { provider: provider.name }),
      ...(errors === undefined ? {} : { errors }),
    },
  );
}

/** The one place where a call is priced. What the vendor says that it costs wins over our own sum. */
export function usageOf(used: AnswerUsage, durationMs: number, price: Price | undefined): Usage {
  const { inputTokens = 0, outputTokens = 0, costUsd, model, cached, estimated } = used;
  const told = {
    inputTokens,
    outputTokens,
    costUsd: costUsd ?? 0,
    durationMs,
    ...(model === undefined ? {} : { model }),
    ...(cached === undefined ? {} : { cached }),
    ...(estimated === undefined ? {} : { estimated }),
  };
  if (costUsd !== undefined) return told;
  return price === undefined ? { ...told, unpriced: true } : { ...told, costUsd: costOf(price, used) };
}

export function factsOf({
  provider,
  position,
  number,
  skipped,
}: CallAttempt): Pick<CallAnswer, 'provider' | 'candidate' | 'attempts' | 'skipped'> {
  return { provider: provider?.name ?? '', candidate: position ?? 0, attempts: number, skipped };
}

/** `noted`: what the provider told of its use before it failed. */
export function failureOf(
  problem: Problem,
  { request, provider, position, number, skipped }: CallAttempt,
  { durationMs, noted }: { readonly durationMs: number; readonly noted?: AnswerUsage | undefined },
): CallFailure {
  const used = billed(problem) ?? noted;
  const price = request.candidates[position ?? 0]?.price;
  return {
    problem: { ...problem, attempt: number, ...(provider === undefined ? {} : { provider: provider.name }) },
    attempts: number,
    skipped,
    usage: used === undefined ? { ...NO_USAGE, durationMs } : usageOf(used, durationMs, price),
    ...(provider === undefined ? {} : { provider: provider.name }),
    ...(position === undefined ? {} : { candidate: position }),
  };
}

/** An answer that was refused was billed all the same: providers say so in the problem's data. */
function billed({ data }: Problem): AnswerUsage | undefined {
  const used = own(data, 'usage');
  if (!isObject(used)) return undefined;
  return Object.fromEntries(COUNTED.flatMap((name) => (typeof used[name] === 'number' ? [[name, used[name]]] : [])));
}

const COUNTED = [
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'costUsd',
  'characters',
  'audioSeconds',
  'images',
] as const;

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
