/** The provider chain of a tool step: which candidate comes next, and what to say when there is none left. */
import type { Candidate, ToolStep } from '../plan/plan';
import type { Problem } from '../plan/problem';
import { problemOf } from '../plan/problem';
import type { CallRecord } from '../plan/record';

/** Failures after which no other provider is asked: the next one would refuse or charge again. */
const ENDS_CHAIN: ReadonlySet<string> = new Set(['policy', 'budget-exceeded', 'cancelled', 'too-large']);

/**
 * Position of the candidate to go on with, undefined when the chain is used up.
 * After an unknown outcome only a fallback that the definition names may repeat the effect.
 */
export function nextCandidate(chain: readonly Candidate[], last: CallRecord | undefined): number | undefined {
  if (last === undefined) return chain.length === 0 ? undefined : 0;
  if (last.error !== undefined && ENDS_CHAIN.has(last.error.type)) return undefined;
  const unknown = last.error?.type === 'outcome-unknown';
  const next = chain.findIndex((candidate, i) => i > last.candidate && (!unknown || candidate.from !== 'provider'));
  return next === -1 ? undefined : next;
}

/** The leading candidates that one activity can try: those of the first one's task queue. */
export function queueMates(rest: readonly Candidate[]): readonly Candidate[] {
  const other = rest.findIndex((candidate) => candidate.queue !== rest[0]?.queue);
  return other === -1 ? rest : rest.slice(0, other);
}

/** The last failure, with a word on every provider that was tried or passed over. */
export function whyUsedUp(step: ToolStep, calls: readonly CallRecord[]): Problem {
  const last = calls.at(-1)?.error;
  if (last === undefined)
    return problemOf(
      'provider-unavailable',
      `No provider is named for ${step.tool}, and none in this installation implements it.`,
    );
  const tried = calls.flatMap(({ provider, error, attempts, skipped }) => [
    ...skipped.map((one) => ({ provider: one.provider, skipped: one.reason })),
    ...(error === undefined ? [] : [{ provider, type: error.type, detail: error.detail, attempts }]),
  ]);
  return tried.length < 2 ? last : { ...last, data: { tried } };
}
