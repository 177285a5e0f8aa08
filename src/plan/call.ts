/** What the workflow asks of the activity that calls a provider, and what comes back. */
import type { Json, JsonObject, JsonSchema } from './json';
import type { RedactionOrder } from './personal';
import type { RetryRule, ToolStep } from './plan';
import type { Price } from './price';
import type { Problem } from './problem';
import type { Skipped, Usage } from './record';

/** A candidate of the step's chain with its config rendered. */
export interface CallCandidate {
  readonly provider: string;
  readonly timeoutMs: number;
  readonly model?: string;
  readonly config: JsonObject;
  /** As recorded when the execution started; absent: unknown. */
  readonly price?: Price;
  readonly stream?: true;
  readonly queue?: string;
}

/** One call: the activity takes the first candidate that can be called. */
export interface CallRequest {
  readonly tool: string;
  /** Path of the step. */
  readonly path: string;
  /** Counts from 1 within the step. */
  readonly number: number;
  /** The rest of the chain, in the order of trying. */
  readonly candidates: readonly CallCandidate[];
  readonly input: JsonObject;
  /** What the definition declares beyond the tool's contract. */
  readonly output?: JsonSchema;
  readonly retry: readonly RetryRule[];
  readonly idempotent: ToolStep['idempotent'];
  /** Origin execution, step path and call number; the activity adds the provider. */
  readonly key: string;
  /** `trigger.context`. */
  readonly caller: Json;
  /** Personal data must not leave with it; absent: they may. */
  readonly redact?: RedactionOrder;
  /** Tokens, about, in stored parts of the input, which an estimate cannot see. */
  readonly storedTokens?: number;
}

export interface CallAnswer {
  readonly output: Json;
  readonly provider: string;
  /** Position in `CallRequest.candidates`. */
  readonly candidate: number;
  readonly attempts: number;
  readonly skipped: readonly Skipped[];
  readonly usage: Usage;
}

/** First detail of the `ApplicationFailure` that a failed call ends in. */
export interface CallFailure {
  readonly problem: Problem;
  readonly provider?: string;
  /** Position in `CallRequest.candidates` of the one that failed; absent: none could be called. */
  readonly candidate?: number;
  readonly attempts: number;
  readonly skipped: readonly Skipped[];
  readonly usage: Usage;
}

export type CallOutcome =
  | ({ readonly status: 'completed' } & CallAnswer)
  | ({ readonly status: 'failed' } & CallFailure)
  | { readonly status: 'cancelled' };

/** Temporal is given as many attempts more, for those that only wait until a limit lets them through. */
export const MAX_POSTPONEMENTS = 50;

/** Of the longest rule; the activity ends the attempts of the shorter ones itself. */
export function mostAttempts({ retry, idempotent }: Pick<CallRequest, 'retry' | 'idempotent'>): number {
  return idempotent === 'none' ? 1 : Math.max(1, ...retry.map(({ maxAttempts }) => maxAttempts));
}
