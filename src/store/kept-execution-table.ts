/** For how long executions are kept, and what is stored for them beside Temporal: the tables `kept_executions` and `purged_executions`. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';

/** Times are milliseconds since 1970. */
export interface KeptExecution {
  readonly executionId: string;
  /** Of the definition that it began with; absent: the installation's default counts. */
  readonly keepMs?: number;
  /** It had not ended before. */
  readonly openUntilMs: number;
}

/** What a purge has removed from the database. */
export interface RemovedRows {
  readonly values: number;
  readonly keys: number;
}

/** `home` says whose executions are meant: see `homeOf`. */
export interface KeptExecutionTable {
  /** `renew`: it has just begun, whatever an earlier one with its id had; else what stands there stays. */
  note(home: string, kept: KeptExecution, renew?: 'renew'): Promise<void>;
  /** Those of the ids that were never written down. */
  unknown(home: string, executionIds: readonly string[]): Promise<readonly string[]>;
  /** Those that may be due, each given to one process only until `claimMs` have passed; the longest due first. */
  claim(home: string, claim: DueClaim): Promise<readonly KeptExecution[]>;
  /** It is to be looked at again when its time has passed once more since then. */
  stillOpen(home: string, executionId: string, openUntilMs: number): Promise<void>;
  /** Deletes what is stored for an execution, or hands its values to another one. */
  removeRows(home: string, executionId: string, heir?: string): Promise<RemovedRows>;
  /** The last of a purge: writes down that it is gone, and nobody has to look after it any more. */
  forget(home: string, executionId: string): Promise<void>;
  purgedAt(home: string, executionId: string): Promise<Date | undefined>;
  /** From when on executions have to be looked for; undefined when another process does, or did so within `everyMs`. */
  beginScan(home: string, now: number, everyMs: number): Promise<number | undefined>;
  endScan(home: string, scannedUntilMs: number): Promise<void>;
}

export interface DueClaim {
  readonly now: number;
  /** What is due later than this waits for the next sweep. */
  readonly dueMs: number;
  readonly defaultKeepMs: number;
  readonly claimMs: number;
  readonly limit: number;
}

/** Executions of one task queue in one namespace. */
export function homeOf(namespace: string, taskQueue: string): string {
  return `${namespace} ${taskQueue}`;
}

const DUE = `
  UPDATE kept_executions SET claimed_until_ms = $2::bigint + $4
  WHERE (home, execution_id) IN (
    SELECT home, execution_id FROM kept_executions
    WHERE home = $1 AND claimed_until_ms <= $2
      AND ((keep_ms IS NOT NULL AND open_until_ms + keep_ms <= $6) OR (keep_ms IS NULL AND open_until_ms <= $6::bigint - $3))
    ORDER BY open_until_ms + coalesce(keep_ms, $3::bigint) LIMIT $5 FOR UPDATE SKIP LOCKED)
  RETURNING execution_id, keep_ms, open_until_ms`;

/** How long a scan may take before another process takes it over. */
const SCAN_MS = 10 * 60_000;

export function keptExecutionTable(pool: Pool): KeptExecutionTable {
  return {
    async note(home, { executionId, keepMs, openUntilMs }, renew) {
      const conflict =
        renew === undefined
          ? 'DO NOTHING'
          : '(home, execution_id) DO UPDATE SET keep_ms = EXCLUDED.keep_ms, open_until_ms = EXCLUDED.open_until_ms';
      await pool.query(
        `INSERT INTO kept_executions (home, execution_id, keep_ms, open_until_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT ${conflict}`,
        [home, executionId, keepMs ?? null, openUntilMs],
      );
    },
    async unknown(home, executionIds) {
      const { rows } = await pool.query<{ execution_id: string }>(
        'SELECT execution_id FROM kept_executions WHERE home = $1 AND execution_id = ANY($2)',
        [home, executionIds],
      );
      const known = new Set(rows.map((row) => row.execution_id));
      return executionIds.filter((id) => !known.has(id));
    },
    async claim(home, { now, dueMs, defaultKeepMs, claimMs, limit }) {
      const { rows } = await pool.query<{ execution_id: string; keep_ms: string | null; open_until_ms: string }>(DUE, [
        home,
        now,
        defaultKeepMs,
        claimMs,
        limit,
        dueMs,
      ]);
      return rows.map((row) => ({
        executionId: row.execution_id,
        ...(row.keep_ms === null ? {} : { keepMs: Number(row.keep_ms) }),
        openUntilMs: Number(row.open_until_ms),
      }));
    },
    async stillOpen(home, executionId, openUntilMs) {
      await pool.query(
        'UPDATE kept_executions SET open_until_ms = $3, claimed_until_ms = 0 WHERE home = $1 AND execution_id = $2',
        [home, executionId, openUntilMs],
      );
    },
    async removeRows(home, executionId, heir) {
      if (heir !== undefined)
        await pool.query(
          `INSERT INTO blobs (execution_id, hash, media_type, bytes, content)
           SELECT $2, hash, media_type, bytes, content FROM blobs WHERE execution_id = $1 ON CONFLICT DO NOTHING`,
          [executionId, heir],
        );
      const blobs = await pool.query('DELETE FROM blobs WHERE execution_id = $1', [executionId]);
      await pool.query(`DELETE FROM agent_tasks WHERE home = $1 AND 'agt-' || id = $2`, [home, executionId]);
      const keys = await pool.query('DELETE FROM idempotency WHERE execution_id = $1', [executionId]);
      return { values: heir === undefined ? (blobs.rowCount ?? 0) : 0, keys: keys.rowCount ?? 0 };
    },
    async forget(home, executionId) {
      await pool.query(
        'INSERT INTO purged_executions (id_hash) VALUES ($1) ON CONFLICT (id_hash) DO UPDATE SET purged_at = now()',
        [hashOf(home, executionId)],
      );
      await pool.query('DELETE FROM kept_executions WHERE home = $1 AND execution_id = $2', [home, executionId]);
    },
    async purgedAt(home, executionId) {
      const { rows } = await pool.query<{ purged_at: Date }>(
        'SELECT purged_at FROM purged_executions WHERE id_hash = $1',
        [hashOf(home, executionId)],
      );
      return rows[0]?.purged_at;
    },
    async beginScan(home, now, everyMs) {
      const { rows } = await pool.query<{ scanned_until_ms: string }>(
        `INSERT INTO retention_scans AS scan (home, scanned_until_ms, claimed_until_ms) VALUES ($1, 0, $2::bigint + $4)
         ON CONFLICT (home) DO UPDATE SET claimed_until_ms = EXCLUDED.claimed_until_ms
         WHERE scan.claimed_until_ms <= $2 AND scan.scanned_until_ms <= $2::bigint - $3
         RETURNING scanned_until_ms`,
        [home, now, everyMs, SCAN_MS],
      );
      return rows[0] === undefined ? undefined : Number(rows[0].scanned_until_ms);
    },
    async endScan(home, scannedUntilMs) {
      await pool.query('UPDATE retention_scans SET scanned_until_ms = $2, claimed_until_ms = 0 WHERE home = $1', [
        home,
        scannedUntilMs,
      ]);
    },
  };
}

function hashOf(home: string, executionId: string): Uint8Array {
  return createHash('sha256').update(`${home}\n${executionId}`).digest();
}
