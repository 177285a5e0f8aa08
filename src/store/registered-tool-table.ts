/** Tools that running processes bring along: the table `registered_tools`. Times are the database's. */
import type { Pool } from 'pg';
import type { JsonObject } from '../plan/json';

export interface RegisteredToolRow {
  readonly tool: string;
  readonly provider: string;
  /** What others must know of it. */
  readonly terms: JsonObject;
}

/** One process of one installation. */
export interface ToolOwner {
  /** Processes with the same one share definitions and workers. */
  readonly home: string;
  /** UUID. */
  readonly owner: string;
}

export interface RegisteredToolTable {
  /** Says that the process lives and has these tools. */
  announce(owner: ToolOwner, rows: readonly RegisteredToolRow[]): Promise<void>;
  /** Of other processes that were heard of within `lifeMs`, the oldest first. */
  others(owner: ToolOwner, lifeMs: number): Promise<readonly RegisteredToolRow[]>;
  /** The process ends: none of its tools is there any more. */
  withdraw(owner: ToolOwner): Promise<void>;
}

export function registeredToolTable(pool: Pool): RegisteredToolTable {
  return {
    async announce({ home, owner }, rows) {
      // Whoever was killed could not withdraw.
      await pool.query(`DELETE FROM registered_tools WHERE seen_at < clock_timestamp() - interval '1 day'`);
      for (const { tool, provider, terms } of rows)
        await pool.query(
          `INSERT INTO registered_tools (home, owner, tool, provider, terms, seen_at)
           VALUES ($1, $2, $3, $4, $5, clock_timestamp())
           ON CONFLICT (home, owner, tool, provider) DO UPDATE SET terms = EXCLUDED.terms, seen_at = EXCLUDED.seen_at`,
          [home, owner, tool, provider, terms],
        );
    },
    async others({ home, owner }, lifeMs) {
      const { rows } = await pool.query<RegisteredToolRow>(
        `SELECT tool, provider, terms FROM registered_tools
         WHERE home = $1 AND owner <> $2 AND seen_at > clock_timestamp() - $3 * interval '1 ms'
         ORDER BY registered_at, tool, provider, owner`,
        [home, owner, lifeMs],
      );
      return rows;
    },
    async withdraw({ home, owner }) {
      await pool.query('DELETE FROM registered_tools WHERE home = $1 AND owner = $2', [home, owner]);
    },
  };
}
