/** Who is behind a request: keys, tokens and sessions, looked at in one place. */
import { OmniError } from '../plan/problem';
import type { Store } from '../store/store';
import { keyHash, keyId, sameHash } from './api-key';
import type { ApiKeys } from './api-keys';
import { createApiKeys } from './api-keys';
import { createAttempts } from './attempts';
import type { Caller } from './caller';
import { ROLES } from './roles';
import type { Sessions } from './sessions';
import { createSessions } from './sessions';
import type { TokenIssuer } from './token';
import { createTokenVerifier } from './token';

export interface Shown {
  /** Of `Authorization: Bearer`. */
  readonly bearer?: string | undefined;
  /** Of the cookie. */
  readonly session?: string | undefined;
  /** Where it came from. */
  readonly address: string;
}

export interface Security {
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  /** Nobody has to show anything; for loopback only. */
  readonly open: boolean;
  /**
   * Undefined: nothing was shown. Throws `authentication` for what is not good, `rate-limited` after too many of those,
   * `provider-unavailable` when it cannot be looked up now.
   */
  identify(shown: Shown): Promise<Identified | undefined>;
}

export interface Identified {
  readonly caller: Caller;
  /** Of the token. */
  readonly until?: Date;
}

export interface SecurityParts {
  readonly store: Pick<Store, 'apiKeys' | 'sessions'>;
  readonly now: () => number;
  /** An admin's key that the operator has chosen: it is in no table. */
  readonly adminKey?: string;
  readonly tokens?: TokenIssuer;
  /** Whoever asks is an admin. */
  readonly insecure?: boolean;
}

/** Who asks where authentication is switched off. */
export const ANYBODY: Caller = {
  id: 'anonymous',
  kind: 'anonymous',
  roles: ROLES.filter((role) => role !== 'agent'),
  groups: [],
};

const CHOSEN_ADMIN: Caller = { id: 'admin', kind: 'key', keyId: 'OMNI_ADMIN_KEY', roles: ['admin'], groups: [] };

export function createSecurity({ store, now, adminKey, tokens, insecure = false }: SecurityParts): Security {
  const keys = createApiKeys(store.apiKeys, now);
  const chosen = adminKey === undefined ? undefined : { caller: CHOSEN_ADMIN, keyHash: keyHash(adminKey) };
  const sessions = createSessions(store.sessions, keys, now, chosen);
  const attempts = createAttempts(now);
  const verifyToken = tokens && createTokenVerifier(tokens);

  const bearer = async (shown: string): Promise<Identified> => {
    if (chosen !== undefined && sameHash(chosen.keyHash, keyHash(shown))) return { caller: chosen.caller };
    if (keyId(shown) === undefined && verifyToken !== undefined) {
      const { caller, expiresAt } = await verifyToken(shown);
      return { caller, until: expiresAt };
    }
    const caller = await keys.verify(shown);
    if (caller !== undefined) return { caller };
    throw new OmniError(
      'authentication',
      'The key is unknown, revoked or expired. An admin makes a new one: omni keys create',
    );
  };
  const cookie = async (word: string): Promise<Identified> => {
    const caller = await sessions.find(word);
    if (caller !== undefined) return { caller };
    throw new OmniError('authentication', 'The session is over. Sign in again.');
  };
  return {
    keys,
    sessions,
    open: insecure,
    async identify({ bearer: shown, session, address }) {
      if (insecure) return { caller: ANYBODY };
      if (shown === undefined && session === undefined) return undefined;
      const id = shown === undefined ? undefined : keyId(shown);
      const from = `address ${address}`;
      const ofKey = id === undefined ? [] : [`key ${id}`];
      attempts.admit([from]);
      try {
        return await (shown === undefined ? cookie(session ?? '') : bearer(shown));
      } catch (error) {
        if (!(error instanceof OmniError)) throw unreachable(error);
        // A session that is over is nobody's guess.
        if (error.problem.type === 'authentication' && shown !== undefined) {
          // Guesses at a key do not keep its owner out, who has the right one.
          attempts.admit(ofKey);
          attempts.failed([from, ...ofKey]);
        }
        throw error;
      }
    },
  };
}

function unreachable(cause: unknown): OmniError {
  return new OmniError('provider-unavailable', 'The database that knows the keys does not answer. Try again.', {
    cause,
  });
}
