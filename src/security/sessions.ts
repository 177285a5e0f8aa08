/** Sign-ins of browsers: a random word in a cookie that stands for a key or a token. */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../plan/json';
import type { SessionTable } from '../store/session-table';
import type { ApiKeys } from './api-keys';
import type { Caller } from './caller';
import { recent } from './recent';
import { ROLES } from './roles';

const LIFE_MS = 12 * 60 * 60 * 1000;
const KNOWN_MS = 2_000;

export interface OpenedSession {
  /** For the cookie; only its hash is kept. */
  readonly word: string;
  readonly expiresAt: Date;
}

export interface Sessions {
  /** `until`: the end of the token that was shown. */
  open(caller: Caller, until?: Date): Promise<OpenedSession>;
  /** Undefined: unknown or over, or its key is revoked. */
  find(word: string): Promise<Caller | undefined>;
  close(word: string): Promise<void>;
}

const StoredCaller = z.object({
  id: z.string(),
  kind: z.literal('token'),
  roles: z.array(z.enum(ROLES)),
  groups: z.array(z.string()),
});

export function createSessions(table: SessionTable, keys: ApiKeys, now: () => number): Sessions {
  const known = recent<Awaited<ReturnType<SessionTable['find']>>>({ lifeMs: KNOWN_MS, size: 10_000, now });
  return {
    async open(caller, until) {
      const word = randomBytes(32).toString('base64url');
      const expiresAt = new Date(Math.min(now() + LIFE_MS, until?.getTime() ?? Infinity));
      const { id, kind, roles, groups, keyId } = caller;
      await table.add(
        hashOf(word),
        keyId === undefined
          ? { caller: { id, kind, roles, groups } as unknown as Json, expiresAt }
          : { keyId, expiresAt },
      );
      return { word, expiresAt };
    },
    async find(word) {
      const hash = hashOf(word);
      const name = hash.toString('hex');
      const stored = known.get(name) ?? (await table.find(hash));
      if (stored === undefined || stored.expiresAt.getTime() <= now()) return undefined;
      known.set(name, stored);
      const caller = stored.keyId === undefined ? StoredCaller.parse(stored.caller) : await keys.callerOf(stored.keyId);
      return caller && { ...caller, session: true };
    },
    async close(word) {
      const hash = hashOf(word);
      known.delete(hash.toString('hex'));
      await table.remove(hash);
    },
  };
}

function hashOf(word: string): Buffer {
  return createHash('sha256').update(word).digest();
}
