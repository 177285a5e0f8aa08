/** Why a task that no agent has taken waits: what the board says of the agents that it could go to. */

/** Of `GET /agents`, as far as the board shows it. */
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly pool: string;
  readonly capabilities: readonly string[];
  readonly status: string;
  readonly override?: { readonly status: string; readonly by: string; readonly until: string };
  readonly slots: { readonly total: number; readonly used: number; readonly free: number };
  readonly heard?: { readonly at: string };
}

/** Of `GET /agent-tasks`. */
export interface AgentTask {
  readonly id: string;
  readonly type?: string;
  readonly capability: string;
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
  readonly agent?: string;
  readonly pool?: string;
  readonly parent?: string;
  readonly submittedAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly attempts: number;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd: number };
}

/** `*`: any agent, and what a model does by itself. */
const ANY = '*';

/** The first thing that keeps it waiting, and what to do about it; undefined: one of the agents is free. */
export function whyWaits({ type = ANY, pool, capability }: AgentTask, agents: readonly Agent[]): string | undefined {
  const ofType = agents.filter((agent) => type === ANY || agent.type === type);
  if (ofType.length === 0)
    return `No agent of the type ${type} is registered. Start one: npm run worker -- agent --type ${type}.`;
  const inPool = ofType.filter((agent) => pool === undefined || agent.pool === pool);
  if (inPool.length === 0) return `No agent of the type ${type} is in the pool ${pool ?? ''}.`;
  const able = inPool.filter(({ capabilities }) => capability === ANY || capabilities.includes(capability));
  if (able.length === 0) return `No agent of the type ${type} can do ${capability}.`;
  const there = able.filter(({ status }) => status !== 'offline');
  if (there.length === 0) return `All that can do it are offline: ${names(able)}. Start one of them.`;
  const willing = there.filter(({ status }) => status !== 'paused' && status !== 'draining');
  if (willing.length === 0) return `All that can do it are paused or draining: ${names(there)}.`;
  const free = willing.filter(({ slots }) => slots.free > 0);
  if (free.length === 0) return `All slots of ${names(willing)} are taken. Start another agent, or wait.`;
  return undefined;
}

function names(agents: readonly Agent[]): string {
  const shown = agents.slice(0, 5).map(({ id }) => id);
  return agents.length > 5 ? `${shown.join(', ')} and ${agents.length - 5} more` : shown.join(', ');
}
