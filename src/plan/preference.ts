/** `config.prefer`: by what the providers of a step's list are put in order when the step begins. Pure. */
import type { JsonObject } from './json';
import type { Price } from './price';
import { likelyUse, sizeOf } from './price';

export const PREFERENCES = ['cost', 'latency', 'health'] as const;
export type Preference = (typeof PREFERENCES)[number];

/** The activity that looks at a worker's live figures; its answer stands in the history. */
export const RANK_ACTIVITY = 'omni:rank';

export interface RankRequest {
  /** Path of the step. */
  readonly path: string;
  readonly tool: string;
  readonly by: Exclude<Preference, 'cost'>;
  /** In the order written. */
  readonly providers: readonly string[];
}

export interface RankAnswer {
  /** Positions of the providers, the best first. */
  readonly order: readonly number[];
  /** By position: milliseconds or, of health, the share of calls that failed; null where no recent call tells. */
  readonly figures: readonly (number | null)[];
}

export type Rank = (request: RankRequest) => Promise<RankAnswer>;

/** Positions, the least score first; equals stay in the order written. */
export function ranked(scores: readonly number[]): readonly number[] {
  return scores.map((_, position) => position).sort((a, b) => compare(scores[a] ?? 0, scores[b] ?? 0));
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** Nobody knows how long a recording is before it is heard. */
const USUAL_AUDIO_SECONDS = 60;

/**
 * US dollars that a call is taken to cost when providers are compared: without `config.maxTokens` its answer counts as long as what is
 * sent, and sound as a minute. Infinite where the price is unknown.
 */
export function costScore(price: Price | undefined, input: JsonObject, config: JsonObject): number {
  if (price === undefined) return Infinity;
  const { costUsd } = likelyUse(price, input, { maxTokens: sizeOf(input).tokens, ...config });
  return costUsd + (price.usdPerAudioSecond ?? 0) * USUAL_AUDIO_SECONDS;
}
