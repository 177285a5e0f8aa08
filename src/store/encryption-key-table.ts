/** Which keys have encrypted something in this installation: the table `encryption_keys`. Holds ids, no keys. */
import type { Pool } from 'pg';

export interface EncryptionKeyTable {
  /** Ids of all that were ever noted. */
  list(): Promise<readonly string[]>;
  /** When it was noted; undefined: it was not. */
  firstUsed(keyId: string): Promise<Date | undefined>;
  /** Notes a key before it encrypts anything; what it says the first time stays. */
  note(keyId: string, plaintextUntil: Date): Promise<void>;
  /** Milliseconds since 1970: executions that began before may hold plaintext. 0 when no key was noted. */
  plaintextUntil(): Promise<number>;
}

export function encryptionKeyTable(pool: Pool): EncryptionKeyTable {
  return {
    async list() {
      const { rows } = await pool.query<{ key_id: string }>(
        'SELECT key_id FROM encryption_keys ORDER BY first_used_at',
      );
      return rows.map((row) => row.key_id);
    },
    async firstUsed(keyId) {
      const { rows } = await pool.query<{ at: Date }>(
        'SELECT first_used_at AS at FROM encryption_keys WHERE key_id = $1',
        [keyId],
      );
      return rows[0]?.at;
    },
    async note(keyId, until) {
      await pool.query('INSERT INTO encryption_keys (key_id, plaintext_until) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        keyId,
        until,
      ]);
    },
    async plaintextUntil() {
      const { rows } = await pool.query<{ until: Date | null }>(
        'SELECT min(plaintext_until) AS until FROM encryption_keys',
      );
      return rows[0]?.until?.getTime() ?? 0;
    },
  };
}
