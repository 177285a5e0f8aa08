/** Who sends a request, and whether he may: a key or token in `Authorization`, or the cookie of a session. 401 before 403 before everything else. */
import type { Request, RequestHandler, Response } from 'express';
import { OmniError } from '../src/plan/problem';
import type { Access } from '../src/security/access';
import type { Caller } from '../src/security/caller';
import { demand } from '../src/security/caller';
import type { Security } from '../src/security/security';

export const SESSION_COOKIE = 'omni_session';

/** Behind requests that need nobody. */
const NOBODY: Caller = { id: 'nobody', kind: 'anonymous', roles: [], groups: [] };

interface Found {
  readonly caller?: Caller;
  /** End of the token that was shown. */
  readonly until?: Date;
  /** Why what was shown is not good. */
  readonly refusal?: OmniError;
}

/** The local Web UI of Temporal, which can send no key but was told a secret address (api/codec-ui.ts). */
const WEB_UI: Caller = { id: 'temporal-web-ui', kind: 'key', roles: ['auditor', 'operator'], groups: [] };

/** Finds the caller; what is shown and is no good counts only where somebody is needed. */
export function identifyCaller(security: Security): RequestHandler {
  return async (request, response, next) => {
    response.locals['found'] =
      response.locals['uiPass'] === true ? { caller: WEB_UI } : await find(security, request, response);
    if (security.open) response.set('X-Omni-Insecure', 'no-auth');
    next();
  };
}

async function find(security: Security, request: Request, response: Response): Promise<Found> {
  try {
    const bearer = bearerOf(request);
    const session = bearer === undefined ? cookieOf(request) : undefined;
    const found = await security.identify({ bearer, session, address: request.ip ?? '' });
    // Pages of the Web UI may open payloads with the session of whoever looks at them.
    if (found?.caller.session === true && response.locals['uiPage'] !== true) refuseForeignOrigin(request);
    return found ?? {};
  } catch (error) {
    if (error instanceof OmniError) return { refusal: error };
    throw error;
  }
}

function foundFor(response: Response): Found {
  return (response.locals['found'] as Found | undefined) ?? {};
}

/** Who asks, where that is known. */
export function knownCaller(response: Response): Caller | undefined {
  return foundFor(response).caller;
}

/** The caller, if he may. Throws `authentication`, `authorization`, and what kept the caller from being found. */
export function admit(response: Response, access: Access): Caller {
  const { caller, refusal } = foundFor(response);
  if (access === 'public') return caller ?? NOBODY;
  if (caller === undefined) throw unknownCaller(response, refusal);
  demand(caller, access);
  return caller;
}

/** Who was refused: the caller, or somebody unknown who showed something that is no good; undefined: nothing was shown. */
export function shownBy(response: Response): Caller | undefined {
  const { caller, refusal } = foundFor(response);
  return caller ?? (refusal?.problem.type === 'authentication' ? NOBODY : undefined);
}

/** For addresses that lead nowhere: strangers are not told which do. */
export const admitAnybody: RequestHandler = (request, response, next) => {
  const { caller, refusal } = foundFor(response);
  // A browser asks beforehand without saying who it is, whether a page of the Web UI may ask.
  const asksBefore = request.method === 'OPTIONS' && response.locals['uiPage'] === true;
  if (caller === undefined && !asksBefore) throw unknownCaller(response, refusal);
  next();
};

/** When the token that was shown ends, if one was. */
export function tokenEnd(response: Response): Date | undefined {
  return foundFor(response).until;
}

function unknownCaller(response: Response, refusal: OmniError | undefined): OmniError {
  // https://www.rfc-editor.org/rfc/rfc6750#section-3
  const wrong = refusal?.problem.type === 'authentication';
  if (wrong || refusal === undefined)
    response.set('WWW-Authenticate', `Bearer realm="omni"${wrong ? ', error="invalid_token"' : ''}`);
  return (
    refusal ??
    new OmniError(
      'authentication',
      'Send a key as Authorization: Bearer omni_…. The first start made one for an admin; omni keys create makes more.',
    )
  );
}

function bearerOf({ headers: { authorization } }: Request): string | undefined {
  if (authorization === undefined || authorization === '') return undefined;
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (token === undefined)
    throw new OmniError('authentication', 'The header Authorization must be: Bearer <key or token>.');
  return token;
}

export function cookieOf({ headers: { cookie = '' } }: Request): string | undefined {
  const named = cookie.split(/; */).find((pair) => pair.startsWith(`${SESSION_COOKIE}=`));
  return named?.slice(SESSION_COOKIE.length + 1);
}

/**
 * A browser sends cookies along whoever wrote the page, also for pages on other ports of this host: what changes something must say
 * that it comes from a page of this API (https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html).
 */
function refuseForeignOrigin(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin, host } = request.headers;
  if (origin !== undefined && URL.canParse(origin) && new URL(origin).host === host) return;
  throw new OmniError('authorization', 'With a session only pages of this API may change anything; others send a key.');
}
