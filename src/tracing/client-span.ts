/** The span of an exchange with another server: whom it went to, never what for. Paths and queries may hold keys and names of people. */
import type { Attributes } from '@opentelemetry/api';
import { SpanKind } from '@opentelemetry/api';
import { inSpan } from './span';

export interface ClientTerms {
  /** A URL, of which only host and port are told; absent: nothing is, or `attributes` do. */
  readonly address?: string | undefined;
  readonly attributes: Attributes;
}

/** No name of a server is longer (https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4). */
const MAX_HOST = 253;

/** Names follow https://opentelemetry.io/docs/specs/semconv/: of HTTP requests it is the method alone. */
export function inClientSpan<T>(
  name: string,
  { address, attributes }: ClientTerms,
  work: () => Promise<T>,
): Promise<T> {
  return inSpan(name, { kind: SpanKind.CLIENT, attributes: { ...serverAt(address), ...attributes } }, work);
}

function serverAt(address = ''): Attributes {
  if (!URL.canParse(address)) return {};
  const { hostname, port, protocol } = new URL(address);
  const usual = { 'http:': 80, 'https:': 443 }[protocol];
  const known = Number(port) || usual;
  return {
    'server.address': hostname.replace(/^\[|\]$/g, '').slice(0, MAX_HOST),
    ...(known !== undefined && { 'server.port': known }),
  };
}
