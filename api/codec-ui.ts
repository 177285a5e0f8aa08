/** Lets the pages of Temporal's Web UI, and no other site's, use the codec server. */
import { timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { OmniError } from '../src/plan/problem';
import type { ApiDependencies } from './dependencies';

const PATH = '/codec/';

/**
 * Answers the browser's question whether the page may ask (https://fetch.spec.whatwg.org/#http-cors-protocol), and takes a pass out of
 * the path: the Web UI of the local server can send nothing but the address that it was started with.
 */
export function codecForUi({ codec }: ApiDependencies): RequestHandler {
  return (request, response, next) => {
    if (codec === undefined || !request.path.startsWith(PATH)) return next();
    const { origin } = request.headers;
    response.vary('Origin');
    if (origin !== undefined && codec.uiOrigins.includes(origin)) {
      response.locals['uiPage'] = true;
      response.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'Content-Type, X-Namespace, Authorization, Authorization-Extras',
        'Access-Control-Max-Age': '600',
      });
    } else if (origin !== undefined && origin !== `${request.protocol}://${request.get('host')}`)
      throw new OmniError('authorization', 'Only the pages of Temporal’s Web UI may use the codec server.');
    const [pass, ...rest] = request.url.slice(PATH.length).split('/');
    if (codec.uiPass !== undefined && rest.length > 0 && same(pass ?? '', codec.uiPass)) {
      response.locals['uiPass'] = true;
      request.url = `${PATH}${rest.join('/')}`;
    }
    next();
  };
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
