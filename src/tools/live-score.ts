/** How well a provider does in this process, as one number to compare by: the less the better. */
import type { RankRequest } from '../plan/preference';
import { whyNot } from './choose-provider';
import type { ToolRegistry } from './registry';

/** Of whom nothing is known goes first, so that it comes to be known: once, while the others answer the rest. */
const TO_BE_TRIED = -1;
const LAST = Infinity;

/** Milliseconds of the median success, or the share of failures, of the last five minutes; infinite for whom nobody should call. */
export function liveScore(
  registry: ToolRegistry,
  { name, tool, by }: Pick<RankRequest, 'tool' | 'by'> & { readonly name: string },
): number {
  const provider = registry.provider(name);
  if (provider === undefined || whyNot(provider, tool) !== undefined) return LAST;
  const turnstile = registry.turnstile(provider);
  const { breaker, shutUntil, underWay } = turnstile.standing();
  if (shutUntil !== undefined || breaker === 'half-open') return LAST;
  const { calls, errorRate = 0, latencyMs = LAST } = turnstile.lately();
  // The time is over that it was to be left alone, or nobody has called it for long.
  if (breaker === 'open' || calls === 0) return underWay === 0 ? TO_BE_TRIED : LAST;
  return by === 'health' ? errorRate : latencyMs;
}
