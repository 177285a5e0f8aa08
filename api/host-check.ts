/** Refuses requests that are not meant for this server, or that a page of another site sends through its visitor's browser. */
import type { RequestHandler } from 'express';
import type { ServedNames } from '../src/monitoring/host-names';
import { acceptsHost, hostName } from '../src/monitoring/host-names';
import { OmniError } from '../src/plan/problem';
import { METHODS } from './broken-request';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * 400 for a request without one clear `Host`, 405 for TRACE, 421 for a name that is not served here, 403 for a change that another site's
 * page asks for (https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20, https://web.dev/articles/fetch-metadata).
 */
export function checkHost(served: ServedNames): RequestHandler {
  const accepts = acceptsHost(served);
  const isPublic = new Set(served.publicHosts.map((name) => name.toLowerCase()));
  return (request, response, next) => {
    const { method, headers, headersDistinct, httpVersionMinor } = request;
    const refuse = (...problem: ConstructorParameters<typeof OmniError>): never => {
      // Whoever cannot say what he wants does not get to say more on this connection.
      response.set('Connection', 'close');
      throw new OmniError(...problem);
    };
    const [host = '', ...more] = headersDistinct['host'] ?? [];
    if (host === '' || more.length > 0) refuse('validation', 'A request needs exactly one Host header.');
    // Before HTTP/1.1 there are no chunks: a proxy in front would see another end of the body than we do.
    if (httpVersionMinor === 0 && headers['transfer-encoding'] !== undefined)
      refuse('validation', 'HTTP/1.0 has no Transfer-Encoding. Send the body with Content-Length, or use HTTP/1.1.');
    if (method === 'TRACE') {
      response.set('Allow', METHODS);
      refuse('method-not-allowed', 'TRACE is not served: it would show what proxies add.');
    }
    if (!accepts(host))
      refuse(
        'authorization',
        'This server is not known under the name in the Host header. Use the address that it listens on, or add the name to OMNI_PUBLIC_HOSTS.',
        { status: 421, title: 'Misdirected request' },
      );
    // The Temporal Web UI's pages may use the codec server.
    if (!SAFE.has(method) && response.locals['uiPage'] !== true && isForeign(headers, { host, isPublic }))
      throw new OmniError('authorization', 'A page of another site may not call this API.');
    next();
  };
}

interface Place {
  readonly host: string;
  readonly isPublic: ReadonlySet<string>;
}

/** What browsers say of where a request comes from; programs say nothing. */
function isForeign(headers: Readonly<Record<string, unknown>>, { host, isPublic }: Place): boolean {
  const { 'sec-fetch-site': site, origin } = headers;
  if (typeof site === 'string' && site !== 'same-origin' && site !== 'none') return true;
  if (typeof origin !== 'string') return false;
  const asked = /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1];
  return asked === undefined || (asked !== host.toLowerCase() && !isPublic.has(hostName(asked) ?? ''));
}
