/** Which addresses a request may go to whose URL somebody else wrote: public ones, and what the operator allows by name. */
import ipaddr from 'ipaddr.js';
import { OmniError } from '../../plan/problem';

/** Says whether a socket may be opened to this address of this host. */
export type AddressPolicy = (target: Target) => boolean;

export interface Target {
  /** As the URL names it: a name or a literal address without brackets, in lower case. */
  readonly host: string;
  readonly port: number;
  /** What the host resolved to. */
  readonly address: string;
}

export interface PolicySettings {
  /** `host`, `address` or `address/bits`, each with or without `:port` (IPv6 then in brackets): private places that are meant. */
  readonly allow: readonly string[];
  /** Ports of the platform itself: closed on loopback whatever is allowed. */
  readonly ownPorts: readonly number[];
}

interface Allowed {
  readonly host: string;
  readonly range: [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined;
  /** Undefined: any. */
  readonly port: number | undefined;
}

const ENTRY =
  /^(?:\[([\da-f:.]+(?:\/\d+)?)\]|([^[\]:\s]+)|([\da-f]*:[\da-f:.]*:[\da-f:.]*(?:\/\d+)?))(?::(\d{1,5}))?$/i;

/** What of IPv6 is given out for the internet (https://www.iana.org/assignments/ipv6-address-space). */
const GLOBAL = ipaddr.parseCIDR('2000::/3');

/** Throws `validation` for an entry that cannot be read. */
export function createAddressPolicy({ allow, ownPorts }: PolicySettings): AddressPolicy {
  const allowed = allow.map(read);
  return ({ host, port, address }) => {
    if (!ipaddr.isValid(address)) return false;
    // An IPv4 address in IPv6 clothes counts as what it is.
    const ip = ipaddr.process(address);
    const range = ip.range();
    if (range === 'unicast' && (ip.kind() === 'ipv4' || ip.match(...GLOBAL))) return true;
    if (range === 'loopback' && ownPorts.includes(port)) return false;
    return allowed.some((entry) => {
      if (entry.port !== undefined && entry.port !== port) return false;
      if (entry.range === undefined) return entry.host === host.replace(/\.$/, '') && range !== 'linkLocal';
      const [base, bits] = entry.range;
      // Clouds answer for credentials at link-local addresses: none is let in by the way, only by its own name.
      const exact = bits === (base.kind() === 'ipv4' ? 32 : 128);
      return base.kind() === ip.kind() && (exact || !isMetadata(ip, range)) && ip.match(base, bits);
    });
  };
}

function isMetadata(ip: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean {
  return range === 'linkLocal' || ip.toNormalizedString() === 'fd00:ec2:0:0:0:0:0:254';
}

function read(entry: string): Allowed {
  const match = ENTRY.exec(entry.trim());
  const text = (match?.[1] ?? match?.[2] ?? match?.[3] ?? '').toLowerCase();
  const port = match?.[4] === undefined ? undefined : Number(match[4]);
  const literal = ipaddr.isValid(text) && (text.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(text));
  if (text !== '' && ipaddr.isValidCIDR(text)) return { host: text, range: ipaddr.parseCIDR(text), port };
  if (literal) {
    const ip = ipaddr.process(text);
    return { host: text, range: [ip, ip.kind() === 'ipv4' ? 32 : 128], port };
  }
  if (/^[a-z\d]([a-z\d._-]*[a-z\d])?$/.test(text) && !/^[\d.]+$/.test(text))
    return { host: text, range: undefined, port };
  throw new OmniError(
    'validation',
    `OMNI_OUTGOING_ALLOW holds ${JSON.stringify(entry)}, which is no host, address or address/bits, with or without :port.`,
  );
}
