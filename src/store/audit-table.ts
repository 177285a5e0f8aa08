/** The audit log: the table `audit`. Rows are only ever added, each sealed with the one before it. */
import type { Pool } from 'pg';
import type { JsonObject } from '../plan/json';
import type { AuditRow } from './audit-row';
import { TEXT_OF_ROW } from './audit-row';

/** A row with its seal, 64 hexadecimal digits. */
export interface SealedRow extends AuditRow {
  readonly hash: string;
}

/** The newest row; sequence 0 and no hash while there is none. */
export type AuditHead = Pick<SealedRow, 'sequence' | 'hash'>;

export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly resourceKind?: string;
  readonly resourceId?: string;
  readonly outcome?: AuditRow['outcome'];
  readonly requestId?: string;
  /** Not before, and before. */
  readonly since?: Date;
  readonly until?: Date;
}

export interface AuditSlice {
  readonly order: 'newest' | 'oldest';
  /** Rows beyond this sequence, in that order. */
  readonly beyond?: number;
  readonly limit: number;
}

export interface AuditTable {
  head(): Promise<AuditHead>;
  hashAt(sequence: number): Promise<string | undefined>;
  /** All or none. False, and nothing is written: others have added rows, these do not follow on the newest one. */
  append(rows: readonly SealedRow[]): Promise<boolean>;
  /** Makes the rows once it is their turn, and adds them; nobody comes in between. */
  appendInTurn(make: (head: AuditHead) => readonly SealedRow[]): Promise<void>;
  find(filter: AuditFilter, slice: AuditSlice): Promise<readonly SealedRow[]>;
  /** All rows, the oldest first and page by page, as one moment had them: hashes, and the texts that were sealed. */
  texts(): AsyncGenerator<readonly (readonly [hash: string, text: string])[]>;
  /** `role`: this account has no right to change rows nor the table. `trigger`: it could take the triggers away. */
  protection(): Promise<'role' | 'trigger'>;
}

/** Whoever acts waits for his row: what the database has not done by then counts as not done. */
const TIMEOUT_MS = 5_000;
const PAGE = 2_000;

const INSERT = 'INSERT INTO audit SELECT * FROM json_populate_recordset(NULL::audit, $1) ORDER BY sequence';
const HEAD = `SELECT sequence, encode(hash, 'hex') AS hash FROM audit ORDER BY sequence DESC LIMIT 1`;
const TURN = `BEGIN; SET LOCAL lock_timeout = ${TIMEOUT_MS};
  SELECT pg_advisory_xact_lock(hashtextextended('omni.audit', 0))`;

export function auditTable(pool: Pool): AuditTable {
  return {
    async head() {
      return headOf((await pool.query<HeadRow>(HEAD)).rows);
    },
    async hashAt(sequence) {
      const { rows } = await pool.query<{ hash: string }>(
        `SELECT encode(hash, 'hex') AS hash FROM audit WHERE sequence = $1`,
        [sequence],
      );
      return rows[0]?.hash;
    },
    async append(rows) {
      try {
        await pool.query(timed(INSERT, [recordset(rows)]));
        return true;
      } catch (error) {
        // Class 23: the number is taken, or another one is next.
        if (/^23/.test(String((error as { readonly code?: unknown }).code))) return false;
        throw error;
      }
    },
    async appendInTurn(make) {
      const client = await pool.connect();
      try {
        await client.query(timed(TURN));
        // A statement of its own: what it sees is as of after the wait.
        const head = headOf((await client.query<HeadRow>(timed(HEAD))).rows);
        await client.query(timed(INSERT, [recordset(make(head))]));
        await client.query(timed('COMMIT'));
      } catch (error) {
        // Its connection goes with it, and with that the transaction.
        client.release(true);
        throw error;
      }
      client.release();
    },
    async find(filter, { order, beyond, limit }) {
      const conditions: string[] = [];
      const values: unknown[] = [];
      const where = (column: string, is: string, value: unknown): void => {
        if (value !== undefined) conditions.push(`${column} ${is} $${values.push(value)}`);
      };
      where('actor_id', '=', filter.actor);
      where('action', '=', filter.action);
      where('resource_kind', '=', filter.resourceKind);
      where('resource_id', '=', filter.resourceId);
      where('outcome', '=', filter.outcome);
      where('request_id', '=', filter.requestId);
      where('at', '>=', filter.since);
      where('at', '<', filter.until);
      where('sequence', order === 'newest' ? '<' : '>', beyond);
      const { rows } = await pool.query<FoundRow>(
        `SELECT *, encode(hash, 'hex') AS hash FROM audit ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
         ORDER BY sequence ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT $${values.push(limit)}`,
        values,
      );
      return rows.map(found);
    },
    async *texts() {
      const client = await pool.connect();
      const fetch = async (): Promise<readonly (readonly [string, string])[]> => {
        // As they came over the wire: there is nothing to make of a text.
        const query = { text: `FETCH ${PAGE} FROM audit_texts`, rowMode: 'array' as const };
        return (await client.query<[string, string]>(query)).rows;
      };
      try {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        await client.query(
          `DECLARE audit_texts NO SCROLL CURSOR FOR
           SELECT encode(hash, 'hex'), ${TEXT_OF_ROW} FROM audit ORDER BY sequence`,
        );
        let next = fetch();
        for (let page = await next; page.length > 0; page = await next) {
          // The next page is on its way while this one is looked at.
          next = fetch();
          next.catch(() => undefined);
          yield page;
        }
      } finally {
        client.release(true);
      }
    },
    async protection() {
      const { rows } = await pool.query<{ free: boolean }>(
        `SELECT rolsuper OR pg_has_role(current_user, relowner, 'USAGE') AS free
         FROM pg_class, pg_roles WHERE pg_class.oid = 'audit'::regclass AND rolname = current_user`,
      );
      return rows[0]?.free === false ? 'role' : 'trigger';
    },
  };
}

interface HeadRow {
  readonly sequence: string;
  readonly hash: string;
}

function headOf([row]: readonly HeadRow[]): AuditHead {
  return row === undefined ? { sequence: 0, hash: '' } : { sequence: Number(row.sequence), hash: row.hash };
}

/** pg knows the limit, its types do not. */
function timed(text: string, values: readonly unknown[] = []): { readonly text: string; readonly values: unknown[] } {
  const query = { text, query_timeout: TIMEOUT_MS };
  return values.length === 0 ? (query as never) : { ...query, values: [...values] };
}

function recordset(rows: readonly SealedRow[]): string {
  return JSON.stringify(
    rows.map((row) => ({
      sequence: row.sequence,
      at: new Date(row.at).toISOString(),
      key_id: row.keyId,
      actor_id: row.actorId,
      actor_kind: row.actorKind,
      actor_roles: row.actorRoles,
      action: row.action,
      resource_kind: row.resourceKind,
      resource_id: row.resourceId,
      outcome: row.outcome,
      reason: row.reason,
      request_id: row.requestId,
      address: row.address,
      details: row.details,
      hash: `\\x${row.hash}`,
    })),
  );
}

interface FoundRow {
  readonly sequence: string;
  readonly at: Date;
  readonly key_id: string;
  readonly actor_id: string;
  readonly actor_kind: string;
  readonly actor_roles: readonly string[];
  readonly action: string;
  readonly resource_kind: string | null;
  readonly resource_id: string | null;
  readonly outcome: AuditRow['outcome'];
  readonly reason: string | null;
  readonly request_id: string | null;
  readonly address: string | null;
  readonly details: JsonObject | null;
  readonly hash: string;
}

function found(row: FoundRow): SealedRow {
  return {
    sequence: Number(row.sequence),
    at: row.at.getTime(),
    keyId: row.key_id,
    actorId: row.actor_id,
    actorKind: row.actor_kind,
    actorRoles: row.actor_roles,
    action: row.action,
    ...(row.resource_kind === null ? {} : { resourceKind: row.resource_kind }),
    ...(row.resource_id === null ? {} : { resourceId: row.resource_id }),
    outcome: row.outcome,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.details === null ? {} : { details: row.details }),
    hash: row.hash,
  };
}
