/** The resource `session`: a browser's sign-in. */
import { OmniError } from '../../src/plan/problem';
import type { Caller } from '../../src/security/caller';
import { permissionsOf } from '../../src/security/roles';
import type { OpenedSession } from '../../src/security/sessions';
import { cookieOf, SESSION_COOKIE, tokenEnd } from '../authenticate';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';
import { CallerSchema } from '../session-schemas';

export function sessionRoutes({ security, behindProxy, temporalUi }: ApiDependencies): readonly Route[] {
  const tag = 'Session';
  const { sessions } = security;
  const cookie = (request: { readonly secure: boolean }, { word, expiresAt }: OpenedSession): string =>
    [
      `${SESSION_COOKIE}=${word}`,
      'HttpOnly',
      'SameSite=Strict',
      'Path=/',
      `Expires=${expiresAt.toUTCString()}`,
      ...(request.secure || behindProxy === true ? ['Secure'] : []),
    ].join('; ');
  return [
    route({
      method: 'get',
      path: '/session',
      tag,
      summary: 'Who the key, token or cookie speaks for',
      answers: { 200: { description: 'The caller', schema: CallerSchema } },
      handle: ({ caller }) => ({ body: shown(caller, temporalUi) }),
    }),
    route({
      method: 'post',
      path: '/session',
      tag,
      summary: 'Sign in with the key or token in `Authorization`: the answer sets a cookie for at most 12 hours',
      answers: { 201: { description: 'The caller', schema: CallerSchema } },
      handle: async ({ caller, request, response }) => {
        if (caller.kind === 'anonymous') throw new OmniError('conflict', 'Nobody has to sign in here.');
        const opened = await sessions.open(caller, tokenEnd(response));
        return { status: 201, headers: { 'Set-Cookie': cookie(request, opened) }, body: shown(caller, temporalUi) };
      },
    }),
    route({
      method: 'delete',
      path: '/session',
      tag,
      summary: 'Sign out',
      answers: { 204: { description: 'Signed out, or nobody was signed in' } },
      handle: async ({ request }) => {
        const word = cookieOf(request);
        if (word !== undefined) await sessions.close(word);
        return { status: 204, headers: { 'Set-Cookie': cookie(request, { word: '', expiresAt: new Date(0) }) } };
      },
    }),
  ];
}

function shown({ id, kind, roles, groups, keyId }: Caller, temporalUi: string | undefined): object {
  return {
    id,
    kind,
    roles,
    groups,
    ...(keyId === undefined ? {} : { keyId }),
    permissions: permissionsOf(roles),
    links: temporalUi === undefined ? {} : { temporal: temporalUi },
  };
}
