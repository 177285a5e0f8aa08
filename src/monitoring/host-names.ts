/** Under which names a server may be asked for: what keeps a page of another site from reaching it by a name of its own that leads here. */
import { isIP } from 'node:net';

export interface ServedNames {
  /** What the server listens on. */
  readonly host: string;
  /** Names under which others know it; without any, a server that is open to a network takes every name. */
  readonly publicHosts: readonly string[];
}

/** The name in a `Host` header, lower-case and without port and brackets; undefined for what is no name. */
export function hostName(header: string): string | undefined {
  const [, six, name] =
    /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9_.-]{1,253}))(?::\d{1,5})?$/.exec(header.toLowerCase()) ?? [];
  return six ?? name?.replace(/\.$/, '');
}

/** Names and addresses that only programs of the same machine reach; IPv6 with or without brackets. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/**
 * Whether a `Host` header names this server. On loopback only loopback's names count, and the public ones: a page whose name was made to
 * lead to 127.0.0.1 sends that name (DNS rebinding). The port is not compared, for it defends nothing and a forwarded port differs. On a
 * network an address is taken as it is, since no such page has one, and names only if they are among the public ones.
 */
export function acceptsHost({ host, publicHosts }: ServedNames): (header: string) => boolean {
  const names = new Set(publicHosts.map((name) => name.toLowerCase()));
  const local = isLoopback(host);
  return (header) => {
    const name = hostName(header);
    if (name === undefined) return false;
    if (names.has(name) || name === host.toLowerCase()) return true;
    return local ? isLoopback(name) : names.size === 0 || isIP(name) !== 0;
  };
}
