/** Secrets that the installation makes for itself: the table `own_keys`. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';

export interface KeyTable {
  /** 32 bytes that placeholders of personal data are made with: made once, the same for every process. */
  readonly redaction: () => Promise<Uint8Array>;
}

/** The update changes nothing; it makes the row that stands visible to RETURNING. */
const TAKE = `
  INSERT INTO own_keys (purpose, key) VALUES ($1, $2)
  ON CONFLICT (purpose) DO UPDATE SET purpose = EXCLUDED.purpose
  RETURNING key`;

export function keyTable(pool: Pool): KeyTable {
  let known: Uint8Array | undefined;
  return {
    async redaction() {
      if (known !== undefined) return known;
      const { rows } = await pool.query<{ key: Uint8Array }>(TAKE, ['redaction', randomBytes(32)]);
      const [row] = rows;
      if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
      return (known = row.key);
    },
  };
}
