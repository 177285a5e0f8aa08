/** Whether an API may be served in the way that it is set up: safe, or not at all. */
import { isLoopback } from '../monitoring/host-names';
import { OmniError } from '../plan/problem';

export interface Posture {
  readonly host: string;
  readonly behindProxy: boolean;
  /** Nobody has to show a key. */
  readonly insecure: boolean;
  readonly tls?: unknown;
  readonly environment: string;
}

/** Throws `validation` that names the settings when keys or data would travel in clear, or need no key, beyond this machine. */
export function refuseUnsafe({ host, behindProxy, insecure, tls, environment }: Posture): void {
  if (insecure && environment === 'production')
    throw new OmniError('validation', '--insecure-no-auth is refused in production.');
  if (isLoopback(host)) {
    if (insecure && behindProxy)
      throw new OmniError(
        'validation',
        '--insecure-no-auth serves programs of this machine alone, and BEHIND_PROXY=true says that others come through a proxy.',
      );
    return;
  }
  if (insecure)
    throw new OmniError(
      'validation',
      `--insecure-no-auth is for loopback only, and HOST is ${host}. Leave one of them out.`,
    );
  if (!behindProxy && tls === undefined)
    throw new OmniError(
      'validation',
      `HOST is ${host}, so others can reach the API, and keys would travel in clear. Set TLS_CERT_FILE and TLS_KEY_FILE, or BEHIND_PROXY=true where a proxy in front speaks TLS, or HOST=127.0.0.1.`,
    );
}
