/** A task for an agent as lists and details show it. */
import type { Problem } from '../plan/problem';
import type { Json } from '../plan/json';
import type { AgentTaskRow } from '../store/agent-task-table';

export interface AgentTaskSummary {
  readonly id: string;
  /** Type of the agent that was asked for; absent: any. */
  readonly type?: string;
  readonly capability: string;
  readonly priority: string;
  readonly state: string;
  /** Why it is in that state: `no_agent_available`. */
  readonly reason?: string;
  readonly description?: string;
  /** Id of the agent that works on it, or did. */
  readonly agent?: string;
  readonly pool?: string;
  /** The execution whose step asks. */
  readonly parent?: string;
  readonly requestedBy?: string;
  /** Times are ISO 8601. */
  readonly submittedAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly deadline?: string;
  readonly attempts: number;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd: number };
}

export interface AgentTaskDetail extends AgentTaskSummary {
  /** Who was chosen, and why. */
  readonly decision?: Json;
  readonly output?: Json;
  readonly error?: Problem;
  /** The execution that asks people instead. */
  readonly byHand?: string;
  /** Words of whoever cancelled it. */
  readonly cancelled?: { readonly detail: string };
}

export function summaryOf(row: AgentTaskRow): AgentTaskSummary {
  const { id, capability, priority, state, attempts } = row;
  const present = {
    type: row.type,
    reason: row.reason,
    description: row.description,
    agent: row.agent_id,
    pool: row.pool,
    parent: row.parent_id,
    requestedBy: row.requested_by,
    startedAt: row.started_at?.toISOString(),
    endedAt: row.ended_at?.toISOString(),
    deadline: row.deadline_at?.toISOString(),
  };
  return {
    id,
    capability,
    priority,
    state,
    ...(Object.fromEntries(
      Object.entries(present).filter(([, value]) => value !== null && value !== undefined),
    ) as Partial<AgentTaskSummary>),
    submittedAt: row.submitted_at.toISOString(),
    attempts,
    usage: { inputTokens: row.input_tokens, outputTokens: row.output_tokens, costUsd: row.cost_usd },
  };
}
