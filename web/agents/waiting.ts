/** Why a task that no agent has taken waits: what the board says of the agents that it could go to. */
import { moment } from '../format';
import type { Agent, AgentTask, AgentTaskDetail } from '../shapes';

/** What the reason goes by. */
export type Waiting = Pick<AgentTask, 'type' | 'pool' | 'capability'>;
export type Asked = Pick<Agent, 'id' | 'type' | 'pool' | 'capabilities' | 'status' | 'slots'>;

/** `*`: any agent, and what a model does by itself. */
const ANY = '*';

/** The first thing that keeps it waiting, and what to do about it; undefined: one of the agents is free. */
export function whyWaits({ type = ANY, pool, capability }: Waiting, agents: readonly Asked[]): string | undefined {
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

function names(agents: readonly Asked[]): string {
  const shown = agents.slice(0, 5).map(({ id }) => id);
  return agents.length > 5 ? `${shown.join(', ')} and ${agents.length - 5} more` : shown.join(', ');
}

/** What matching has decided last, as far as it is of the shape that it keeps. */
export interface Decision {
  readonly reason: string;
  /** Each agent that cannot take it, and why not. */
  readonly refused: readonly { readonly agent: string; readonly reason: string }[];
}

/** Undefined: nothing was decided yet. */
export function decisionOf({ decision }: Pick<AgentTaskDetail, 'decision'>): Decision | undefined {
  const { reason, refused } = (decision ?? {}) as Partial<Record<string, unknown>>;
  if (typeof reason !== 'string') return undefined;
  const list = Array.isArray(refused) ? refused.filter(isRefusal) : [];
  return { reason, refused: list.map((one) => ({ ...one, reason: one.reason.replaceAll(ISO_TIME, moment) })) };
}

const ISO_TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

function isRefusal(value: unknown): value is Decision['refused'][number] {
  const { agent, reason } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof agent === 'string' && typeof reason === 'string';
}
