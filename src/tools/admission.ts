/** Who is called now: the first of the chain whose breaker is closed and whose limits let the call through. */
import type { CallRequest } from '../plan/call';
import { OmniError } from '../plan/problem';
import { nobody } from './call-attempt';
import { choose, type Choice } from './choose-provider';
import type { ToolRegistry } from './registry';
import { ALONE, type JointRate } from './joint-rate';
import { isShut, type Pass, type Shut, type Turnstile } from './turnstile';

export interface Admission extends Choice {
  /** The call has been let through, and must be told how it went; undefined when nobody can be called. */
  readonly pass: Pass | undefined;
  /** Providers that may be called later, the soonest first. */
  readonly shut: readonly (Shut & { readonly turnstile: Turnstile })[];
}

/** A provider is asked for its own limits before the count that all processes share: what this process refuses costs no query. */
export async function admit(
  registry: ToolRegistry,
  request: CallRequest,
  jointRate: JointRate = ALONE,
): Promise<Admission> {
  const shut = new Map<number, Admission['shut'][number]>();
  for (;;) {
    let entered: { readonly pass: Pass; readonly turnstile: Turnstile } | undefined;
    const choice = choose(registry, request, (provider, position) => {
      const known = shut.get(position);
      if (known !== undefined) return known.reason;
      const turnstile = registry.turnstile(provider);
      const tried = turnstile.enter();
      if (!isShut(tried)) {
        entered = { pass: tried, turnstile };
        return undefined;
      }
      shut.set(position, { ...tried, turnstile });
      return tried.reason;
    });
    const soonestFirst = (): Admission['shut'] => [...shut.values()].sort((a, b) => a.waitMs - b.waitMs);
    const { provider, position } = choice;
    if (entered === undefined || provider === undefined || position === undefined)
      return { ...choice, pass: undefined, shut: soonestFirst() };
    const { pass, turnstile } = entered;
    const { limits } = turnstile.standing();
    const waitMs = await jointRate(provider.name, limits);
    if (waitMs === 0) return { ...choice, pass, shut: soonestFirst() };
    pass.unused();
    const reason = `is called ${limits.perSecond} times a second at most by all processes together`;
    shut.set(position, { why: 'limit', reason, waitMs, turnstile });
  }
}

/** When nobody can be called: what only the providers' own troubles stop is tried again by the step's rule. */
export function noneAdmitted(request: CallRequest, { skipped, shut: [soonest] }: Admission): OmniError {
  const error = nobody(request, skipped);
  if (soonest === undefined) return error;
  if (soonest.why === 'open') return new OmniError('provider-unavailable', error.message);
  return new OmniError('rate-limited', error.message, { retryAfterMs: soonest.waitMs });
}
