/** What became of tasks for agents: the table `agent_tasks`, for lists and figures. Times are the database's. */
import type { Pool } from 'pg';
import { createKeyRing } from '../encryption/key-ring';
import type { KeyRing } from '../encryption/key-ring';
import type { Approvals } from '../plan/agent-task';
import type { Json } from '../plan/json';
import type { Usage } from '../plan/record';

export interface AgentTaskRow {
  readonly id: string;
  /** Null: any. */
  readonly type: string | null;
  readonly capability: string;
  readonly priority: string;
  readonly state: string;
  readonly reason: string | null;
  readonly agent_id: string | null;
  readonly pool: string | null;
  readonly decision: Json;
  readonly parent_id: string | null;
  readonly requested_by: string | null;
  readonly deadline_at: Date | null;
  readonly submitted_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly attempts: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
  readonly error_type: string | null;
  /** Opened. */
  readonly description?: string;
}

/** What is asked for. */
export interface SubmittedTask {
  readonly id: string;
  /** Absent: any. */
  readonly type?: string;
  readonly capability: string;
  readonly priority: string;
  readonly description?: string;
  readonly parentId?: string;
  readonly requestedBy?: string;
  /** Milliseconds since 1970. */
  readonly deadlineAt?: number;
}

export interface AgentTaskEnd {
  readonly state: string;
  readonly reason?: string;
  readonly usage: Usage;
  readonly errorType?: string;
  /** Over the whole task; absent: as noted before. */
  readonly approvals?: Approvals;
}

export interface AgentTaskFilter {
  readonly type?: string;
  readonly capability?: string;
  readonly state?: string;
  readonly agentId?: string;
  /** Those submitted before this one. */
  readonly before?: { readonly at: Date; readonly id: string };
  readonly limit: number;
}

/** `home`: see `homeOf`. What is said twice is the same as once, and nothing is said of a task that has ended. */
export interface AgentTaskTable {
  /** Once per id; what is there stays. */
  submit(home: string, task: SubmittedTask): Promise<void>;
  /** It stands so, without an agent that has begun: it waits for its pool, for anybody or for people, or a model works on it. */
  standing(
    home: string,
    id: string,
    at: {
      readonly state: string;
      readonly reason?: string;
      readonly decision?: unknown;
      readonly pool?: string;
      /** Of the one agent that may take it. */
      readonly agentId?: string;
    },
  ): Promise<void>;
  /** An agent has begun. */
  working(
    home: string,
    id: string,
    at: { readonly agentId: string; readonly pool: string; readonly attempt: number },
  ): Promise<void>;
  /** People are asked while a model works on it, or have answered. */
  asked(
    home: string,
    id: string,
    at: { readonly state: string; readonly reason?: string; readonly approvals: Approvals },
  ): Promise<void>;
  end(home: string, id: string, end: AgentTaskEnd): Promise<void>;
  get(home: string, id: string): Promise<AgentTaskRow | undefined>;
  /** Newest first. */
  list(home: string, filter: AgentTaskFilter): Promise<readonly AgentTaskRow[]>;
}

const COLUMNS = `id, type, capability, priority, state, reason, agent_id, pool, decision, parent_id, requested_by, description, key_id,
  deadline_at, submitted_at, started_at, ended_at, attempts, input_tokens::float8 AS input_tokens,
  output_tokens::float8 AS output_tokens, cost_usd::float8 AS cost_usd, error_type`;

interface Kept extends Omit<AgentTaskRow, 'description'> {
  readonly description: Buffer | null;
  readonly key_id: string | null;
}

const NO_KEYS = createKeyRing({ keys: [] });
const about = (home: string, id: string): string => `agent task ${home} ${id}`;

/** With `keys` descriptions are encrypted. */
export function agentTaskTable(pool: Pool, keys?: KeyRing): AgentTaskTable {
  const opened = (home: string, { description, key_id: keyId, ...row }: Kept): AgentTaskRow => {
    if (description === null) return row;
    const plain =
      keyId === null ? description : (keys ?? NO_KEYS).open('blob', { keyId, bytes: description }, about(home, row.id));
    return { ...row, description: Buffer.from(plain).toString('utf8') };
  };
  return {
    async submit(home, { id, type, capability, priority, description, parentId, requestedBy, deadlineAt }) {
      const plain = description === undefined ? undefined : Buffer.from(description);
      const sealed =
        plain === undefined || keys?.primary === undefined ? undefined : keys.seal('blob', plain, about(home, id));
      await pool.query(
        `INSERT INTO agent_tasks (home, id, type, capability, priority, state, parent_id, requested_by, description, key_id, deadline_at)
         VALUES ($1, $2, $3, $4, $5, 'submitted', $6, $7, $8, $9, to_timestamp($10::float8 / 1000)) ON CONFLICT DO NOTHING`,
        [
          home,
          id,
          type ?? null,
          capability,
          priority,
          parentId ?? null,
          requestedBy ?? null,
          sealed?.bytes ?? plain ?? null,
          sealed?.keyId ?? null,
          deadlineAt ?? null,
        ],
      );
    },
    async standing(home, id, { state, reason, decision, pool: given, agentId }) {
      const why = decision === undefined ? null : JSON.stringify(decision);
      await pool.query(
        `UPDATE agent_tasks SET state = $3, reason = $4, decision = coalesce($5, decision), pool = $6, agent_id = $7,
           started_at = CASE WHEN $3 = 'working' THEN coalesce(started_at, clock_timestamp()) ELSE started_at END
         WHERE home = $1 AND id = $2 AND ended_at IS NULL`,
        [home, id, state, reason ?? null, why, given ?? null, agentId ?? null],
      );
    },
    async working(home, id, { agentId, pool: given, attempt }) {
      await pool.query(
        `UPDATE agent_tasks SET state = 'working', reason = NULL, agent_id = $3, pool = $4, attempts = greatest(attempts, $5),
           started_at = coalesce(started_at, clock_timestamp())
         WHERE home = $1 AND id = $2 AND ended_at IS NULL`,
        [home, id, agentId, given, attempt],
      );
    },
    async asked(home, id, { state, reason, approvals: { asked, given } }) {
      await pool.query(
        `UPDATE agent_tasks SET state = $3, reason = $4, approvals_asked = greatest(approvals_asked, $5),
           approvals_given = greatest(approvals_given, $6)
         WHERE home = $1 AND id = $2 AND ended_at IS NULL`,
        [home, id, state, reason ?? null, asked, given],
      );
    },
    async end(home, id, { state, reason, usage, errorType, approvals = { asked: 0, given: 0 } }) {
      const { inputTokens, outputTokens, costUsd } = usage;
      await pool.query(
        `UPDATE agent_tasks SET state = $3, reason = $4, input_tokens = $5, output_tokens = $6, cost_usd = $7, error_type = $8,
           approvals_asked = greatest(approvals_asked, $9), approvals_given = greatest(approvals_given, $10),
           ended_at = clock_timestamp()
         WHERE home = $1 AND id = $2 AND ended_at IS NULL`,
        [
          home,
          id,
          state,
          reason ?? null,
          inputTokens,
          outputTokens,
          costUsd,
          errorType ?? null,
          approvals.asked,
          approvals.given,
        ],
      );
    },
    async get(home, id) {
      const { rows } = await pool.query<Kept>(`SELECT ${COLUMNS} FROM agent_tasks WHERE home = $1 AND id = $2`, [
        home,
        id,
      ]);
      return rows[0] && opened(home, rows[0]);
    },
    async list(home, { type, capability, state, agentId, before, limit }) {
      const { rows } = await pool.query<Kept>(
        `SELECT ${COLUMNS} FROM agent_tasks
         WHERE home = $1 AND ($2::text IS NULL OR type = $2) AND ($3::text IS NULL OR capability = $3)
           AND ($4::text IS NULL OR state = $4) AND ($5::text IS NULL OR agent_id = $5)
           AND ($6::timestamptz IS NULL OR (date_trunc('milliseconds', submitted_at), id) < ($6, $7))
         ORDER BY date_trunc('milliseconds', submitted_at) DESC, id DESC LIMIT $8`,
        [
          home,
          type ?? null,
          capability ?? null,
          state ?? null,
          agentId ?? null,
          before?.at ?? null,
          before?.id ?? null,
          limit,
        ],
      );
      return rows.map((row) => opened(home, row));
    },
  };
}
