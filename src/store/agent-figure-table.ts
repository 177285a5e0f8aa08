/** What the table `agent_tasks` says of agents: how much is open, and how what has ended went. Times are the database's. */
import type { Pool } from 'pg';

export interface OpenTasksRow {
  /** Null: not known yet, or whoever of the pool pulls it. */
  readonly agent_id: string | null;
  readonly type: string;
  readonly pool: string;
  readonly tasks: number;
}

export interface OpenTaskRow {
  readonly id: string;
  readonly capability: string;
  readonly state: string;
  readonly submitted_at: Date;
  readonly started_at: Date | null;
}

export interface WaitingTaskRow {
  readonly id: string;
  readonly capability: string;
  readonly submitted_at: Date;
  /** Null: whoever of a pool pulls it, or nobody is there. */
  readonly agent_id: string | null;
  /** Of the last decision; null: there is none yet. */
  readonly reason: string | null;
}

/** Milliseconds and US dollars; null: there was nothing to take it of. */
export interface FigureRow {
  /** Of one agent; null: the row is of a type. */
  readonly agent_id: string | null;
  readonly type: string | null;
  readonly completed: number;
  readonly failed: number;
  readonly canceled: number;
  readonly rejected: number;
  readonly duration_p50: number | null;
  readonly duration_p95: number | null;
  readonly wait_p50: number | null;
  readonly wait_p95: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
  readonly approvals_asked: number;
  readonly approvals_given: number;
  readonly error_type: string | null;
  readonly error_at: Date | null;
}

/** `home`: see `homeOf`. */
export interface AgentFigureTable {
  /** Tasks that have found a pool and have not ended. */
  open(home: string): Promise<readonly OpenTasksRow[]>;
  /** Of one agent, the oldest first. */
  openOf(home: string, agentId: string, limit: number): Promise<readonly OpenTaskRow[]>;
  /** What no agent has begun, the oldest first. */
  waiting(home: string, limit: number): Promise<readonly WaitingTaskRow[]>;
  /** One row per agent and one per type, of tasks that ended within this time. */
  figures(home: string, withinMs: number): Promise<readonly FigureRow[]>;
}

/** Where any type would do, the decision says which it became. */
const TYPE = `coalesce(decision->>'agent', type)`;

const counted = (state: string): string => `count(*) FILTER (WHERE state = '${state}')::int AS ${state}`;
const percentile = (rank: number, from: string, to: string): string =>
  `percentile_cont(${rank}) WITHIN GROUP (ORDER BY extract(epoch FROM ${to} - ${from})::float8 * 1000)`;
const lastFailed = (column: string): string =>
  `(array_agg(${column} ORDER BY ended_at DESC) FILTER (WHERE error_type IS NOT NULL))[1]`;

const FIGURES = `
  SELECT agent_id, kind AS type, ${['completed', 'failed', 'canceled', 'rejected'].map(counted).join(', ')},
    ${percentile(0.5, 'started_at', 'ended_at')} AS duration_p50, ${percentile(0.95, 'started_at', 'ended_at')} AS duration_p95,
    ${percentile(0.5, 'submitted_at', 'started_at')} AS wait_p50, ${percentile(0.95, 'submitted_at', 'started_at')} AS wait_p95,
    sum(input_tokens)::float8 AS input_tokens, sum(output_tokens)::float8 AS output_tokens, sum(cost_usd)::float8 AS cost_usd,
    sum(approvals_asked)::int AS approvals_asked, sum(approvals_given)::int AS approvals_given,
    ${lastFailed('error_type')} AS error_type, ${lastFailed('ended_at')} AS error_at
  FROM (SELECT *, ${TYPE} AS kind FROM agent_tasks
        WHERE home = $1 AND ended_at > clock_timestamp() - $2 * interval '1 ms') AS ended
  GROUP BY GROUPING SETS ((agent_id), (kind))
  HAVING agent_id IS NOT NULL OR kind IS NOT NULL
  ORDER BY agent_id, kind`;

export function agentFigureTable(pool: Pool): AgentFigureTable {
  return {
    async open(home) {
      const { rows } = await pool.query<OpenTasksRow>(
        `SELECT agent_id, ${TYPE} AS type, pool, count(*)::int AS tasks FROM agent_tasks
         WHERE home = $1 AND ended_at IS NULL AND pool IS NOT NULL AND ${TYPE} IS NOT NULL
         GROUP BY 1, 2, 3`,
        [home],
      );
      return rows;
    },
    async openOf(home, agentId, limit) {
      const { rows } = await pool.query<OpenTaskRow>(
        `SELECT id, capability, state, submitted_at, started_at FROM agent_tasks
         WHERE home = $1 AND agent_id = $2 AND ended_at IS NULL ORDER BY submitted_at, id LIMIT $3`,
        [home, agentId, limit],
      );
      return rows;
    },
    async waiting(home, limit) {
      const { rows } = await pool.query<WaitingTaskRow>(
        `SELECT id, capability, submitted_at, agent_id, decision->>'reason' AS reason FROM agent_tasks
         WHERE home = $1 AND state = 'submitted' AND ended_at IS NULL ORDER BY submitted_at, id LIMIT $2`,
        [home, limit],
      );
      return rows;
    },
    async figures(home, withinMs) {
      const { rows } = await pool.query<FigureRow>(FIGURES, [home, withinMs]);
      return rows;
    },
  };
}
