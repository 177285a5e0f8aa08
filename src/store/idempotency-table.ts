/** Which execution an `Idempotency-Key` stands for: the table `idempotency`. What clients say may be personal, so only HMACs of it are kept. */
import { createHmac } from 'node:crypto';
import type { Pool } from 'pg';

export interface IdempotencyClaim {
  /** What the key is unique within, for example the workflow's name. */
  readonly scope: string;
  readonly key: string;
  /** Hash of the request: equal for equal requests. */
  readonly requestHash: string;
  readonly executionId: string;
}

/** `fresh`: this claim was the first; `same`: repeated with an equal request; `other`: the key belongs to another request. */
export interface ClaimAnswer {
  readonly outcome: 'fresh' | 'same' | 'other';
  /** Of the claim that came first. */
  readonly executionId: string;
}

export interface IdempotencyTable {
  /** The first claim of a key wins, also among concurrent ones. */
  claim(claim: IdempotencyClaim): Promise<ClaimAnswer>;
  /** Gives a key back whose execution was never started. */
  release(scope: string, key: string): Promise<void>;
}

/** Rows of earlier versions hold the key as it came; the first who asks for it makes such a row one of today's. */
const RENEW = `
  UPDATE idempotency SET key = $2, request_hash = CASE request_hash WHEN $4 THEN $5 ELSE request_hash END
  WHERE scope = $1 AND key = $3 AND NOT EXISTS (SELECT FROM idempotency WHERE scope = $1 AND key = $2)`;

/** `idKey`: of this installation. */
export function idempotencyTable(pool: Pool, idKey: () => Promise<Uint8Array>): IdempotencyTable {
  const kept = async (what: string, text: string): Promise<string> =>
    createHmac('sha256', await idKey())
      .update(`${what}\n${text}`)
      .digest('hex');
  return {
    async claim({ scope, key, requestHash, executionId }) {
      const [keptKey, keptHash] = [await kept('key', key), await kept('request', requestHash)];
      await pool.query(RENEW, [scope, keptKey, key, requestHash, keptHash]);
      // The update changes nothing; it makes the row that stands visible to RETURNING and tells both cases apart by xmax.
      const { rows } = await pool.query<{ request_hash: string; execution_id: string; fresh: boolean }>(
        `INSERT INTO idempotency (scope, key, request_hash, execution_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (scope, key) DO UPDATE SET key = EXCLUDED.key
         RETURNING request_hash, execution_id, (xmax = 0) AS fresh`,
        [scope, keptKey, keptHash, executionId],
      );
      const row = rows[0];
      if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
      const outcome = row.fresh ? 'fresh' : row.request_hash === keptHash ? 'same' : 'other';
      return { outcome, executionId: row.execution_id };
    },
    async release(scope, key) {
      await pool.query('DELETE FROM idempotency WHERE scope = $1 AND key = $2', [scope, await kept('key', key)]);
    },
  };
}
