/** Who is called now: the first of the chain whose breaker is closed and whose limits let the call through. */
import type { CallRequest } from '../plan/call';
import { OmniError } from '../plan/problem';
import { nobody } from './call-attempt';
import { choose, type Choice } from './choose-provider';
import type { ToolRegistry } from './registry';
import { isShut, type Pass, type Shut, type Turnstile } from './turnstile';

export interface Admission extends Choice {
  /** The call has been let through, and must be told how it went; undefined when nobody can be called. */
  readonly pass: Pass | undefined;
  /** Providers that may be called later, the soonest first. */
  readonly shut: readonly (Shut & { readonly turnstile: Turnstile })[];
}

export function admit(registry: ToolRegistry, request: CallRequest): Admission {
  const shut: Admission['shut'][number][] = [];
  let pass: Pass | undefined;
  const choice = choose(registry, request, (provider) => {
    const turnstile = registry.turnstile(provider);
    const entered = turnstile.enter();
    if (!isShut(entered)) {
      pass = entered;
      return undefined;
    }
    shut.push({ ...entered, turnstile });
    return entered.reason;
  });
  return { ...choice, pass, shut: shut.sort((a, b) => a.waitMs - b.waitMs) };
}

/** When nobody can be called: what only the providers' own troubles stop is tried again by the step's rule. */
export function noneAdmitted(request: CallRequest, { skipped, shut: [soonest] }: Admission): OmniError {
  const error = nobody(request, skipped);
  if (soonest === undefined) return error;
  if (soonest.why === 'open') return new OmniError('provider-unavailable', error.message);
  return new OmniError('rate-limited', error.message, { retryAfterMs: soonest.waitMs });
}
