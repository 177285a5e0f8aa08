/** What is charged for a call of which no answer came: by attempts before the last one, by a worker that was lost, by a cancellation. */
import type { CallCandidate, CallRequest } from './call';
import { isObject } from './json';
import { likelyUse } from './price';
import type { Usage } from './record';
import { addUsage, NO_USAGE } from './record';

/** What the activity tells with its heartbeats; Temporal hands it to the next attempt, and to the workflow when there is none. */
export interface SpentSoFar {
  /** Counts from 1: the one that says it. */
  readonly attempt: number;
  /** By the attempts that have ended. */
  readonly spent: Usage;
  /** By the attempt that runs, should nothing more be heard of it. */
  readonly running?: Usage;
}

/** Everything that the last heartbeat speaks of; nothing where there was none. */
export function spentIn(details: unknown): Usage {
  if (!isObject(details) || !isObject(details['spent'])) return NO_USAGE;
  const { spent, running } = details as unknown as SpentSoFar;
  return running === undefined ? spent : addUsage(spent, running);
}

/** A call that was sent and never answered: its input, and as much output as it allows itself, at its price. */
export function unanswered({ input, storedTokens }: CallRequest, candidate: CallCandidate | undefined): Usage {
  if (candidate?.price === undefined) return NO_USAGE;
  const { inputTokens, outputTokens, costUsd } = likelyUse(candidate.price, input, candidate.config, storedTokens);
  if (inputTokens + outputTokens + costUsd === 0) return NO_USAGE;
  return { inputTokens, outputTokens, costUsd, durationMs: 0, estimated: true };
}
