/** How the work of agents went: figures per agent and per type, over the tasks that ended within a window. */
import type { AgentDefinition } from './agent';
import type { TaskState } from '../plan/agent';
import type { FigureRow } from '../store/agent-figure-table';
import type { Store } from '../store/store';

export const DAY_MS = 24 * 60 * 60_000;

/** Milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
}

/** What is absent had nothing to be taken of. */
export interface AgentFigures extends Readonly<
  Record<Extract<TaskState, 'completed' | 'failed' | 'canceled' | 'rejected'>, number>
> {
  /** From when an agent took it. */
  readonly durationMs?: Spread;
  /** Until an agent took it. */
  readonly queueWaitMs?: Spread;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly approvals: { readonly asked: number; readonly given: number; readonly rate?: number };
  readonly lastError?: { readonly type: string; readonly at: Date };
}

export interface AgentMetrics {
  readonly withinMs: number;
  readonly agents: readonly (AgentFigures & { readonly id: string })[];
  readonly types: readonly (AgentFigures & { readonly type: string })[];
}

/** A task that an agent works on, or that waits for it. */
export interface OpenTask {
  readonly taskId: string;
  readonly capability: string;
  readonly state: string;
  readonly since: Date;
}

/** A task that no agent has begun. */
export interface WaitingTask {
  readonly taskId: string;
  readonly capability: string;
  readonly since: Date;
  /** The one that may take it. */
  readonly agent?: string;
  /** Of the last decision. */
  readonly reason?: string;
}

/** Whose figures, and over which time; the last day of all without it. */
export interface FigureQuery {
  /** An agent: then it alone and its type are told of. */
  readonly of?: Pick<AgentDefinition, 'id' | 'type'>;
  readonly withinMs?: number;
}

export interface AgentFigureBook {
  /** Those that ended nothing are left out, but for the agent that is asked for. */
  metrics(query?: FigureQuery): Promise<AgentMetrics>;
  /** Of the last day. */
  of(agent: NonNullable<FigureQuery['of']>): Promise<AgentFigures>;
  /** The oldest first, a hundred at most. */
  openTasks(id: string): Promise<readonly OpenTask[]>;
  /** The oldest first, a hundred at most. */
  waiting(): Promise<readonly WaitingTask[]>;
}

/** `home`: see `homeOf`. */
export function createAgentFigureBook({ agentFigures }: Pick<Store, 'agentFigures'>, home: string): AgentFigureBook {
  return {
    async metrics({ of, withinMs = DAY_MS } = {}) {
      const rows = await agentFigures.figures(home, withinMs);
      const agents = rows.flatMap((row) => (row.agent_id === null ? [] : [{ id: row.agent_id, ...figuresOf(row) }]));
      const types = rows.flatMap((row) => (row.type === null ? [] : [{ type: row.type, ...figuresOf(row) }]));
      if (of === undefined) return { withinMs, agents, types };
      const own = agents.find(({ id }) => id === of.id) ?? { id: of.id, ...NOTHING };
      return { withinMs, agents: [own], types: types.filter(({ type }) => type === of.type) };
    },
    async of({ id }) {
      const row = (await agentFigures.figures(home, DAY_MS)).find(({ agent_id: agent }) => agent === id);
      return row === undefined ? NOTHING : figuresOf(row);
    },
    async openTasks(id) {
      const rows = await agentFigures.openOf(home, id, 100);
      return rows.map(({ id: taskId, capability, state, started_at, submitted_at }) => ({
        taskId,
        capability,
        state,
        since: started_at ?? submitted_at,
      }));
    },
    async waiting() {
      const rows = await agentFigures.waiting(home, 100);
      return rows.map(({ id: taskId, capability, submitted_at: since, agent_id: agent, reason }) => ({
        taskId,
        capability,
        since,
        ...(agent !== null && { agent }),
        ...(reason !== null && { reason }),
      }));
    },
  };
}

const NOTHING: AgentFigures = {
  completed: 0,
  failed: 0,
  canceled: 0,
  rejected: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  approvals: { asked: 0, given: 0 },
};

function figuresOf(row: FigureRow): AgentFigures {
  const { completed, failed, canceled, rejected, cost_usd: costUsd, error_type: type, error_at: at } = row;
  const { approvals_asked: asked, approvals_given: given } = row;
  return {
    completed,
    failed,
    canceled,
    rejected,
    ...spread('durationMs', row.duration_p50, row.duration_p95),
    ...spread('queueWaitMs', row.wait_p50, row.wait_p95),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costUsd,
    approvals: { asked, given, ...(asked === 0 ? {} : { rate: given / asked }) },
    ...(type === null || at === null ? {} : { lastError: { type, at } }),
  };
}

function spread<K extends string>(name: K, p50: number | null, p95: number | null): { readonly [N in K]?: Spread } {
  if (p50 === null || p95 === null) return {};
  return { [name]: { p50: Math.round(p50), p95: Math.round(p95) } } as { readonly [N in K]: Spread };
}
