/** Agents: the table `agents`. Times are the database's. */
import type { Pool } from 'pg';
import type { JsonObject } from '../plan/json';

/** As `src/agents` knows an agent, in this table's columns. */
export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly pool: string;
  readonly capabilities: readonly string[];
  readonly max_concurrency: number;
  readonly priority: string;
  readonly config: JsonObject;
  readonly metadata: JsonObject;
  readonly version: number;
  readonly registered_at: Date;
  readonly updated_at: Date;
  readonly set_status: string | null;
  readonly set_metadata: JsonObject | null;
  readonly set_by: string | null;
  readonly set_until: Date | null;
  readonly owner: string | null;
  readonly build: string | null;
  readonly started_at: Date | null;
  readonly seen_at: Date | null;
  readonly in_flight: number;
  readonly draining: boolean;
  /** The database's clock, which the times are held against. */
  readonly now: Date;
}

/** What is registered. */
export type AgentTerms = Pick<
  AgentRow,
  'id' | 'name' | 'type' | 'pool' | 'capabilities' | 'max_concurrency' | 'priority' | 'config' | 'metadata'
>;

/** `home`: see `homeOf`. */
export interface AgentTable {
  /** `ifNew`: what is registered already stays as it is. */
  register(home: string, terms: AgentTerms, ifNew?: 'ifNew'): Promise<AgentRow & { readonly isNew: boolean }>;
  /** By id, as its characters are numbered; narrowed where a type is given. */
  list(home: string, type?: string): Promise<readonly AgentRow[]>;
  get(home: string, id: string): Promise<AgentRow | undefined>;
  /** Undefined: there is no such agent. */
  setStatus(home: string, id: string, set: SetStatusRow): Promise<AgentRow | undefined>;
  /** Undefined: there is no such agent, or another process is it and was heard of within `lifeMs`. */
  pulse(home: string, id: string, pulse: PulseRow, lifeMs: number): Promise<AgentRow | undefined>;
  /** The process ends in order. */
  leave(home: string, id: string, owner: string): Promise<void>;
}

export interface SetStatusRow {
  /** Null: whatever was set is over. */
  readonly status: string | null;
  readonly metadata: JsonObject;
  readonly by: string;
  readonly forMs: number;
}

export interface PulseRow {
  readonly owner: string;
  readonly build: string;
  readonly inFlight: number;
  readonly draining: boolean;
}

const COLUMNS = `id, name, type, pool, capabilities, max_concurrency, priority, config, metadata, version, registered_at, updated_at,
  set_status, set_metadata, set_by, set_until, owner, build, started_at, seen_at, in_flight, draining, clock_timestamp() AS now`;

const REGISTER = `
  INSERT INTO agents AS known (home, id, name, type, pool, capabilities, max_concurrency, priority, config, metadata)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (home, id)`;

const TERMS = ['name', 'type', 'pool', 'capabilities', 'max_concurrency', 'priority', 'config', 'metadata'] as const;
const termsOf = (table: string): string => `(${TERMS.map((column) => `${table}.${column}`).join(', ')})`;
const CHANGED = `${termsOf('known')} IS DISTINCT FROM ${termsOf('EXCLUDED')}`;

const RENEW = `DO UPDATE SET ${TERMS.map((column) => `${column} = EXCLUDED.${column}`).join(', ')},
  version = known.version + CASE WHEN ${CHANGED} THEN 1 ELSE 0 END,
  updated_at = CASE WHEN ${CHANGED} THEN clock_timestamp() ELSE known.updated_at END`;

export function agentTable(pool: Pool): AgentTable {
  const one = async (sql: string, values: readonly unknown[]): Promise<AgentRow | undefined> =>
    (await pool.query<AgentRow>(sql, [...values])).rows[0];
  const get = (home: string, id: string): Promise<AgentRow | undefined> =>
    one(`SELECT ${COLUMNS} FROM agents WHERE home = $1 AND id = $2`, [home, id]);
  return {
    get,
    async register(home, terms, ifNew) {
      const { id, name, type, pool: of, capabilities, max_concurrency: slots, priority, config, metadata } = terms;
      const values = [home, id, name, type, of, capabilities, slots, priority, config, metadata];
      // A row that was there has been locked by this statement: `xmax` says so.
      const { rows } = await pool.query<AgentRow & { readonly isNew: boolean }>(
        `${REGISTER} ${ifNew === undefined ? RENEW : 'DO NOTHING'} RETURNING ${COLUMNS}, xmax = 0 AS "isNew"`,
        values,
      );
      if (rows[0] !== undefined) return rows[0];
      const row = await get(home, id);
      if (row === undefined) throw new Error(`The agent ${id} was removed while it was registered.`);
      return { ...row, isNew: false };
    },
    async list(home, type) {
      const { rows } = await pool.query<AgentRow>(
        `SELECT ${COLUMNS} FROM agents WHERE home = $1 AND ($2::text IS NULL OR type = $2) ORDER BY id COLLATE "C"`,
        [home, type ?? null],
      );
      return rows;
    },
    setStatus: (home, id, { status, metadata, by, forMs }) =>
      one(
        `UPDATE agents SET set_status = $3, set_metadata = $4, set_by = $5,
           set_until = clock_timestamp() + $6 * interval '1 ms'
         WHERE home = $1 AND id = $2 RETURNING ${COLUMNS}`,
        [home, id, status, metadata, by, forMs],
      ),
    pulse: (home, id, { owner, build, inFlight, draining }, lifeMs) =>
      one(
        `UPDATE agents SET started_at = CASE WHEN owner = $3 AND seen_at IS NOT NULL THEN started_at ELSE clock_timestamp() END,
           owner = $3, build = $4, in_flight = $5, draining = $6, seen_at = clock_timestamp()
         WHERE home = $1 AND id = $2
           AND (owner IS NULL OR owner = $3 OR seen_at IS NULL OR seen_at < clock_timestamp() - $7 * interval '1 ms')
         RETURNING ${COLUMNS}`,
        [home, id, owner, build, inFlight, draining, lifeMs],
      ),
    async leave(home, id, owner) {
      await pool.query(
        'UPDATE agents SET seen_at = NULL, in_flight = 0, draining = false WHERE home = $1 AND id = $2 AND owner = $3',
        [home, id, owner],
      );
    },
  };
}
