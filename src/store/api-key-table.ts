/** Keys of the API: the table `api_keys`. */
import type { Pool, PoolClient } from 'pg';

export interface StoredApiKey {
  readonly id: string;
  readonly name: string;
  /** Whom it speaks for. */
  readonly owner: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export type NewApiKey = Omit<StoredApiKey, 'createdAt' | 'revokedAt' | 'lastUsedAt'>;

export interface ApiKeyTable {
  add(key: NewApiKey): Promise<StoredApiKey>;
  /** All of them, or none when there is any key already: so that of processes that start together only one makes the first ones. */
  addFirst(keys: readonly NewApiKey[]): Promise<boolean>;
  find(id: string): Promise<StoredApiKey | undefined>;
  /** Newest first. */
  list(): Promise<readonly StoredApiKey[]>;
  /** Those of one owner that are in force. */
  ofOwner(owner: string): Promise<readonly StoredApiKey[]>;
  /** `last`: it is the last key with this role that is in force, and stays; undefined: there is no such key. */
  revoke(id: string, keepOneOf: string): Promise<StoredApiKey | 'last' | undefined>;
  used(id: string): Promise<void>;
}

const COLUMNS = `id, name, owner, roles, groups, hash, created_at AS "createdAt", created_by AS "createdBy",
  expires_at AS "expiresAt", revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"`;
const IN_FORCE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';
const INSERT = `INSERT INTO api_keys (id, name, owner, roles, groups, hash, created_by, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

const values = (key: NewApiKey): unknown[] => [
  key.id,
  key.name,
  key.owner,
  key.roles,
  key.groups,
  key.hash,
  key.createdBy,
  key.expiresAt,
];

export function apiKeyTable(pool: Pool): ApiKeyTable {
  const select = async (rest: string, given: readonly unknown[] = []): Promise<readonly StoredApiKey[]> =>
    (await pool.query<StoredApiKey>(`SELECT ${COLUMNS} FROM api_keys ${rest}`, [...given])).rows;
  const locked = async <T>(act: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE');
      const result = await act(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  };
  return {
    async add(key) {
      const { rows } = await pool.query<StoredApiKey>(`${INSERT} RETURNING ${COLUMNS}`, values(key));
      const [row] = rows;
      if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
      return row;
    },
    addFirst: (keys) =>
      locked(async (client) => {
        if ((await client.query('SELECT FROM api_keys LIMIT 1')).rowCount !== 0) return false;
        for (const key of keys) await client.query(INSERT, values(key));
        return true;
      }),
    find: async (id) => (await select('WHERE id = $1', [id]))[0],
    list: () => select('ORDER BY created_at DESC, id'),
    ofOwner: (owner) => select(`WHERE owner = $1 AND ${IN_FORCE}`, [owner]),
    revoke: (id, role) =>
      locked(async (client) => {
        const { rows } = await client.query<StoredApiKey>(`SELECT ${COLUMNS} FROM api_keys WHERE id = $1`, [id]);
        const [key] = rows;
        if (key === undefined || key.revokedAt !== null) return key;
        const others = await client.query(
          `SELECT FROM api_keys WHERE id <> $1 AND $2 = ANY (roles) AND ${IN_FORCE} LIMIT 1`,
          [id, role],
        );
        const expired = key.expiresAt !== null && key.expiresAt <= new Date();
        if (key.roles.includes(role) && !expired && others.rowCount === 0) return 'last';
        const revoked = await client.query<StoredApiKey>(
          `UPDATE api_keys SET revoked_at = now() WHERE id = $1 RETURNING ${COLUMNS}`,
          [id],
        );
        return revoked.rows[0];
      }),
    async used(id) {
      await pool.query('UPDATE api_keys SET last_used_at = now() WHERE id = $1', [id]);
    },
  };
}
