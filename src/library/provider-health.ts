/** How providers stand: what their far side answers when it is asked, and what the breaker of this process says. */
import type { HealthState } from '../monitoring/health';
import { OmniError } from '../plan/problem';
import type { ToolRegistry } from '../tools/registry';
import type { Provider } from '../tools/tool';

export interface ProviderStatus {
  /** `unconfigured`: it has no key. `unknown`: there is no way to ask. */
  readonly status: HealthState | 'unconfigured' | 'unknown';
  readonly reason?: string;
}

type Registry = Pick<ToolRegistry, 'providers' | 'turnstile'>;

/** Long enough for a far side, short enough for someone who waits. */
const PROBE_MS = 5_000;
/** Whoever looks more often sees what was found then: vendors are not asked with every look. */
const KEPT_MS = 30_000;

/** Asks it now. */
export async function providerStatus(
  registry: Registry,
  provider: Provider,
  signal?: AbortSignal,
): Promise<ProviderStatus> {
  if (provider.unconfigured !== undefined) return { status: 'unconfigured', reason: provider.unconfigured };
  if (provider.probe === undefined) return { status: 'unknown' };
  const late = AbortSignal.timeout(PROBE_MS);
  try {
    await provider.probe(signal === undefined ? late : AbortSignal.any([signal, late]));
  } catch (error) {
    return { status: 'unhealthy', reason: error instanceof OmniError ? error.message : 'It does not answer.' };
  }
  const { breaker } = registry.turnstile(provider).standing();
  if (breaker === 'closed') return { status: 'healthy' };
  return { status: 'degraded', reason: `It answers, but calls of it failed: its breaker is ${breaker}.` };
}

/** States of the providers that can be asked, at most half a minute old. */
export function providerStates(registry: Registry): () => Promise<readonly HealthState[]> {
  let askedAt = -Infinity;
  let asked: Promise<readonly ProviderStatus[]> = Promise.resolve([]);
  return async () => {
    if (performance.now() - askedAt > KEPT_MS) {
      askedAt = performance.now();
      asked = Promise.all(registry.providers().map((provider) => providerStatus(registry, provider)));
    }
    return (await asked).flatMap(({ status }) => (status === 'unconfigured' || status === 'unknown' ? [] : [status]));
  };
}
