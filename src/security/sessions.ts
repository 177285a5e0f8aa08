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

/** Whom a token named; or the hash of the key that is in no table. */
const StoredCaller = z.union([
  z.object({ keyHash: z.string() }),
  z.object({ id: z.string(), kind: z.literal('token'), roles: z.array(z.enum(ROLES)), groups: z.array(z.string()) }),
]);

/** The admin whose key the operator has chosen: it is in no table. */
export interface ChosenAdmin {
  readonly caller: Caller;
  readonly keyHash: Uint8Array;
}

export function createSessions(table: SessionTable, keys: ApiKeys, now: () => number, chosen?: ChosenAdmin): Sessions {
  const chosenHash = chosen && Buffer.from(chosen.keyHash).toString('hex');
  /** A session of the chosen key ends when another one is chosen. */
  const callerIn = (stored: Json): Caller | undefined => {
    const caller = StoredCaller.parse(stored);
    if ('keyHash' in caller) return caller.keyHash === chosenHash ? chosen?.caller : undefined;
    return caller;
  };
  const known = recent<Awaited<ReturnType<SessionTable['find']>>>({ lifeMs: KNOWN_MS, size: 10_000, now });
  return {
    async open(caller, until) {
      const word = randomBytes(32).toString('base64url');
      const expiresAt = new Date(Math.min(now() + LIFE_MS, until?.getTime() ?? Infinity));
      const { id, kind, roles, groups, keyId } = caller;
      const who =
        keyId === undefined
          ? { caller: { id, kind, roles: [...roles], groups: [...groups] } }
          : chosenHash !== undefined && keyId === chosen?.caller.keyId
            ? { caller: { keyHash: chosenHash } }
            : { keyId };
      await table.add(hashOf(word), { ...who, expiresAt });
      return { word, expiresAt };
    },
    async find(word) {
      const hash = hashOf(word);
      const name = hash.toString('hex');
      const stored = known.get(name) ?? (await table.find(hash));
      if (stored === undefined || stored.expiresAt.getTime() <= now()) return undefined;
      known.set(name, stored);
      const caller = stored.keyId === undefined ? callerIn(stored.caller) : await keys.callerOf(stored.keyId);
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
