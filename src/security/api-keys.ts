/** Keys of the API: made, listed, revoked, and looked up when one is shown. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { ApiKeyTable, StoredApiKey } from '../store/api-key-table';
import { keyHash, keyId, mintKey, sameHash } from './api-key';
import type { Caller } from './caller';
import { recent } from './recent';
import type { Role } from './roles';
import { isRole, ROLES } from './roles';

/** Revoking takes effect in every process within this time. */
const KNOWN_MS = 2_000;
const NOTE_USE_MS = 60_000;
const SIZE = 10_000;

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}$/, 'must be letters, digits and _ . @ -');

/** What a new key is made of. */
export const NewKey = z.strictObject({
  name: z.string().min(1).max(100).describe('What it is for'),
  owner: word.optional().describe('Whom it speaks for, recorded as `by`; default: `name` where that is one word'),
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
  groups: z.array(word).max(50).default([]).describe('Words that tasks may name beside roles, such as `teacher`'),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type NewKey = z.infer<typeof NewKey>;

export interface ApiKeyView {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly status: 'active' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
  /** To the minute. */
  readonly lastUsedAt?: string;
}

export interface ApiKeys {
  /** The key itself is in no later answer. Throws `validation`. */
  create(wanted: NewKey, by: string): Promise<ApiKeyView & { readonly key: string }>;
  /** Newest first. */
  list(): Promise<readonly ApiKeyView[]>;
  /** Throws `not-found`. */
  get(id: string): Promise<ApiKeyView>;
  /** Throws `not-found`, and `conflict` for the last admin key. Twice is the same as once. */
  revoke(id: string): Promise<ApiKeyView>;
  /** Undefined: no such key, wrong, revoked or expired. */
  verify(key: string): Promise<Caller | undefined>;
  /** The caller behind a key that was shown before. */
  callerOf(id: string): Promise<Caller | undefined>;
  /** All roles that keys in force give to an owner. */
  rolesOf(owner: string): Promise<readonly Role[]>;
}

export function createApiKeys(table: ApiKeyTable, now: () => number): ApiKeys {
  const known = recent<{ readonly key: StoredApiKey | undefined }>({ lifeMs: KNOWN_MS, size: SIZE, now });
  const noted = recent<true>({ lifeMs: NOTE_USE_MS, size: SIZE, now });
  const look = async (id: string): Promise<StoredApiKey | undefined> => {
    const before = known.get(id);
    if (before !== undefined) return before.key;
    const key = await table.find(id);
    known.set(id, { key });
    return key;
  };
  const inForce = (key: StoredApiKey | undefined): Caller | undefined => {
    if (key === undefined || statusOf(key, now()) !== 'active') return undefined;
    if (noted.get(key.id) === undefined) {
      noted.set(key.id, true);
      // When it was used is a help, nothing that a request waits for or fails by.
      table.used(key.id).catch(() => undefined);
    }
    return { id: key.owner, kind: 'key', keyId: key.id, roles: key.roles.filter(isRole), groups: key.groups };
  };
  return {
    async create({ name, owner, roles, groups, expiresAt }, by) {
      if (expiresAt !== undefined && Date.parse(expiresAt) <= now())
        throw new OmniError('validation', `expiresAt ${expiresAt} is past.`);
      const { id, key, hash } = mintKey();
      const whose = owner ?? (word.safeParse(name).success ? name : id);
      const expires = expiresAt === undefined ? null : new Date(expiresAt);
      const row = await table.add({ id, name, owner: whose, roles, groups, hash, createdBy: by, expiresAt: expires });
      return { ...view(row, now()), key };
    },
    list: async () => (await table.list()).map((key) => view(key, now())),
    async get(id) {
      const key = await table.find(id);
      if (key === undefined) throw noSuchKey(id);
      return view(key, now());
    },
    async revoke(id) {
      const revoked = await table.revoke(id, 'admin');
      if (revoked === undefined) throw noSuchKey(id);
      if (revoked === 'last')
        throw new OmniError('conflict', `${id} is the last admin key. Make another one before it is revoked.`);
      known.delete(id);
      return view(revoked, now());
    },
    async verify(key) {
      const id = keyId(key);
      if (id === undefined) return undefined;
      const stored = await look(id);
      return stored !== undefined && sameHash(stored.hash, keyHash(key)) ? inForce(stored) : undefined;
    },
    callerOf: async (id) => inForce(await look(id)),
    rolesOf: async (owner) => [...new Set((await table.ofOwner(owner)).flatMap(({ roles }) => roles))].filter(isRole),
  };
}

function noSuchKey(id: string): OmniError {
  return new OmniError('not-found', `There is no key ${id}. omni keys list shows those that there are.`);
}

function statusOf({ revokedAt, expiresAt }: StoredApiKey, now: number): ApiKeyView['status'] {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt.getTime() <= now ? 'expired' : 'active';
}

function view(key: StoredApiKey, now: number): ApiKeyView {
  const { id, name, owner, roles, groups, createdBy, createdAt, expiresAt, revokedAt, lastUsedAt } = key;
  return {
    id,
    name,
    owner,
    roles,
    groups,
    status: statusOf(key, now),
    createdAt: createdAt.toISOString(),
    createdBy,
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
    ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
  };
}
