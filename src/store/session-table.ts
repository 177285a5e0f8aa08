/** Who has signed in with a browser: the table `sessions`. */
import type { Pool } from 'pg';
import type { Json } from '../plan/json';

/** Stands for a key, which is looked at anew each time, or for the caller that a token named. */
export type StoredSession =
  | { readonly keyId: string; readonly caller?: undefined; readonly expiresAt: Date }
  | { readonly caller: Json; readonly keyId?: undefined; readonly expiresAt: Date };

export interface SessionTable {
  /** Forgets those that are over, too. */
  add(hash: Uint8Array, session: StoredSession): Promise<void>;
  find(hash: Uint8Array): Promise<StoredSession | undefined>;
  remove(hash: Uint8Array): Promise<void>;
  /** Those that are valid now. */
  count(): Promise<number>;
}

export function sessionTable(pool: Pool): SessionTable {
  return {
    async add(hash, { keyId, caller, expiresAt }) {
      await pool.query('DELETE FROM sessions WHERE expires_at < now()');
      await pool.query('INSERT INTO sessions (hash, key_id, caller, expires_at) VALUES ($1, $2, $3, $4)', [
        hash,
        keyId ?? null,
        caller === undefined ? null : JSON.stringify(caller),
        expiresAt,
      ]);
    },
    async find(hash) {
      const { rows } = await pool.query<{ keyId: string | null; caller: Json; expiresAt: Date }>(
        `SELECT key_id AS "keyId", caller, expires_at AS "expiresAt" FROM sessions WHERE hash = $1 AND expires_at > now()`,
        [hash],
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      const { keyId, caller, expiresAt } = row;
      return keyId === null ? { caller, expiresAt } : { keyId, expiresAt };
    },
    async remove(hash) {
      await pool.query('DELETE FROM sessions WHERE hash = $1', [hash]);
    },
    async count() {
      const { rows } = await pool.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM sessions WHERE expires_at > now()',
      );
      return rows[0]?.count ?? 0;
    },
  };
}
