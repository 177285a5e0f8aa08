/** What a call is likely to use: the price and `maxTokens` say it, else the calls of the tool so far. */
import type { CallRequest } from '../plan/call';
import { likelyUse } from '../plan/price';
import { OmniError } from '../plan/problem';
import { unknownPrice } from '../plan/unknown-price';
import type { LiveState } from './state';

export interface Estimate {
  readonly tokens: number;
  readonly costUsd: number;
  /** Nothing tells what the call will use. */
  readonly unknown: boolean;
}

/** The most that any of the candidates may use, since any of them may be the one that is called. */
export function estimateOf(state: LiveState, request: CallRequest): Estimate {
  const mean = state.means[request.tool];
  const each = request.candidates.map(({ price, config }): Estimate => {
    const likely = price && likelyUse(price, request.input, config, request.storedTokens);
    if (likely !== undefined && !likely.open)
      return { tokens: likely.inputTokens + likely.outputTokens, costUsd: likely.costUsd, unknown: false };
    const { calls, tokens, costUsd } = mean ?? { calls: 1, tokens: 0, costUsd: 0 };
    // What is sent is used whatever comes back.
    return {
      tokens: Math.max(tokens / calls, likely?.inputTokens ?? 0),
      costUsd: Math.max(costUsd / calls, likely?.costUsd ?? 0),
      unknown: mean === undefined,
    };
  });
  return each.reduce(
    (most, one) => ({
      tokens: Math.max(most.tokens, one.tokens),
      costUsd: Math.max(most.costUsd, one.costUsd),
      unknown: most.unknown || one.unknown,
    }),
    { tokens: 0, costUsd: 0, unknown: false },
  );
}

/** Throws `policy` for a call that nobody can price: within a budget of money it may not be made. */
export function refuseUnpriced({ tool, path, candidates }: CallRequest): void {
  const unpriced = candidates.find(({ price }) => price === undefined);
  if (unpriced === undefined) return;
  throw new OmniError('policy', unknownPrice({ ...unpriced, tool, step: path }), {
    step: path,
    provider: unpriced.provider,
  });
}
