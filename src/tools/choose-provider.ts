/** Which provider of the rest of the chain is called, and which ones are passed over. */
import type { CallCandidate, CallRequest } from '../plan/call';
import type { Skipped } from '../plan/record';
import type { ToolRegistry } from './registry';
import type { Provider } from './tool';

export interface Choice {
  readonly skipped: readonly Skipped[];
  readonly provider?: Provider;
  readonly candidate?: CallCandidate;
  readonly position?: number;
}

/** What else may stand in a provider's way: a reason to pass it over. */
export type Stops = (provider: Provider, position: number) => string | undefined;

/** The first candidate that is here, implements the tool, is configured and is not stopped; passing one over costs nothing. */
export function choose(
  registry: ToolRegistry,
  { tool, candidates }: CallRequest,
  stops: Stops = () => undefined,
): Choice {
  const skipped: Skipped[] = [];
  for (const [position, candidate] of candidates.entries()) {
    const provider = registry.provider(candidate.provider);
    const reason = whyNot(provider, tool) ?? (provider === undefined ? undefined : stops(provider, position));
    if (provider !== undefined && reason === undefined) return { provider, candidate, position, skipped };
    skipped.push({ provider: candidate.provider, reason: reason ?? '' });
  }
  return { skipped };
}

/** Why a provider cannot be called at all, if it cannot. */
export function whyNot(provider: Provider | undefined, tool: string): string | undefined {
  if (provider === undefined) return 'not in this version';
  if (!Object.hasOwn(provider.tools, tool)) return `does not implement ${tool}`;
  return provider.unconfigured;
}
