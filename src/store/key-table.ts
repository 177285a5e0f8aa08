/** Secrets that the installation makes for itself: the table `own_keys`. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';

export interface KeyTable {
  /** 32 bytes that placeholders of personal data are made with: made once, the same for every process. */
  readonly redaction: () => Promise<Uint8Array>;
  /** 32 bytes that ids are made with out of what clients say, where Temporal shows the ids to whoever reaches it. */
  readonly ids: () => Promise<Uint8Array>;
}

/** The update changes nothing; it makes the row that stands visible to RETURNING. */
const TAKE = `
  INSERT INTO own_keys (purpose, key) VALUES ($1, $2)
  ON CONFLICT (purpose) DO UPDATE SET purpose = EXCLUDED.purpose
  RETURNING key`;

export function keyTable(pool: Pool): KeyTable {
  const known = new Map<string, Uint8Array>();
  const take = async (purpose: string): Promise<Uint8Array> => {
    const before = known.get(purpose);
    if (before !== undefined) return before;
    const { rows } = await pool.query<{ key: Uint8Array }>(TAKE, [purpose, randomBytes(32)]);
    const [row] = rows;
    if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
    known.set(purpose, row.key);
    return row.key;
  };
  return { redaction: () => take('redaction'), ids: () => take('ids') };
}
