/** Bearer tokens of an identity provider (JWT, RFC 9068; OpenID Connect), checked against its published keys by jose. */
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { isObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { Caller } from './caller';
import type { Role } from './roles';
import { isRole, ROLES } from './roles';

export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** Default: `/.well-known/jwks.json` below the issuer. */
  readonly jwksUrl?: string;
  /** Where the roles stand, with dots between members: `realm_access.roles`. */
  readonly rolesClaim: string;
  /** From the issuer's words to ours; empty: its words are ours already. */
  readonly roleMap: Readonly<Record<string, string>>;
}

/** Only signatures that need no shared secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 30;
const FETCH_MS = 5_000;

export interface VerifiedToken {
  readonly caller: Caller;
  readonly expiresAt: Date;
}

/** Throws `authentication` for a token that is not good, `provider-unavailable` when the issuer's keys cannot be had. */
export type VerifyToken = (token: string) => Promise<VerifiedToken>;

export function createTokenVerifier(trusted: TokenIssuer): VerifyToken {
  for (const [word, role] of Object.entries(trusted.roleMap))
    if (!isRole(role))
      throw new OmniError(
        'validation',
        `AUTH_ROLE_MAP: ${word} becomes ${role}, which is no role. There are ${ROLES.join(', ')}.`,
      );
  const { issuer, audience, jwksUrl = `${issuer.replace(/\/+$/, '')}/.well-known/jwks.json` } = trusted;
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: FETCH_MS });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['sub', 'exp'],
      });
      const { sub = '', exp = 0 } = payload;
      return { caller: callerOf(payload, sub, trusted), expiresAt: new Date(exp * 1000) };
    } catch (error) {
      throw refusal(error, jwksUrl);
    }
  };
}

function callerOf(payload: JWTPayload, id: string, { rolesClaim, roleMap }: TokenIssuer): Caller {
  const words = wordsAt(payload, rolesClaim);
  const mapped = Object.keys(roleMap).length > 0;
  const roleOf = (word: string): Role | undefined => {
    const role = mapped ? (Object.hasOwn(roleMap, word) ? roleMap[word] : undefined) : word;
    return role !== undefined && isRole(role) ? role : undefined;
  };
  return {
    id,
    kind: 'token',
    roles: [...new Set(words.flatMap((word) => roleOf(word) ?? []))],
    groups: words.filter((word) => roleOf(word) === undefined),
  };
}

function wordsAt(payload: JWTPayload, claim: string): readonly string[] {
  let value: unknown = payload;
  // A claim's own name may be an address with dots in it.
  if (Object.hasOwn(payload, claim)) value = payload[claim];
  else
    for (const part of claim.split('.'))
      value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
}

function refusal(error: unknown, jwksUrl: string): OmniError {
  if (error instanceof errors.JWTExpired)
    return new OmniError('authentication', 'The token has expired. Get a new one.', { cause: error });
  if (error instanceof errors.JWTClaimValidationFailed)
    return new OmniError('authentication', `The token is not for this: its claim ${error.claim} does not fit.`, {
      cause: error,
    });
  const unusable = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
  return unusable && error.code !== 'ERR_JOSE_GENERIC'
    ? new OmniError('authentication', 'The token is not one that this installation trusts.', { cause: error })
    : new OmniError('provider-unavailable', `The keys of the token’s issuer cannot be had from ${jwksUrl}.`, {
        cause: error,
      });
}
