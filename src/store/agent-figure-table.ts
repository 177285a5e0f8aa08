/** What the table `agent_tasks` says of agents: how much is open, and how what has ended went. */
import type { Pool } from 'pg';

export interface OpenTasksRow {
  /** Null: not known yet, or it is its pool's. */
  readonly agent_id: string | null;
  readonly type: string;
  readonly pool: string;
  readonly tasks: number;
}

/** `home`: see `homeOf`. */
export interface AgentFigureTable {
  /** Tasks that have found a pool and have not ended. */
  open(home: string): Promise<readonly OpenTasksRow[]>;
}

export function agentFigureTable(pool: Pool): AgentFigureTable {
  return {
    async open(home) {
      // Where any type would do, the decision says which it became.
      const { rows } = await pool.query<OpenTasksRow>(
        `SELECT agent_id, coalesce(decision->>'agent', type) AS type, pool, count(*)::int AS tasks FROM agent_tasks
         WHERE home = $1 AND ended_at IS NULL AND pool IS NOT NULL AND coalesce(decision->>'agent', type) IS NOT NULL
         GROUP BY 1, 2, 3`,
        [home],
      );
      return rows;
    },
  };
}
