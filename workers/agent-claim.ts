/** Which agent a process is: registers it if it is new, and takes its id while no other process has it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AgentDefinition, AgentPulse } from '../src/agents/agent';
import type { AgentType } from '../src/agents/capability';
import type { AgentRegistry, AgentView } from '../src/agents/registry';
import { AGENT_LIFE_MS } from '../src/agents/status';
import { DEFAULT_POOL } from '../src/plan/agent';
import { OmniError } from '../src/plan/problem';

/** What whoever starts the agent says; what is absent stays as it is registered. */
export interface AgentWish {
  /** Absent: the first of `<type>-001`, `<type>-002` … that no process is. */
  readonly id?: string;
  readonly name?: string;
  readonly pool?: string;
  /** Tasks at once; of a new agent 5. */
  readonly concurrency?: number;
}

export interface ClaimParts {
  readonly registry: Pick<AgentRegistry, 'register' | 'get' | 'pulse'>;
  readonly type: AgentType;
  readonly wish: AgentWish;
  readonly pulse: AgentPulse;
  readonly logger: Logger;
}

const SLOTS = 5;
/** Ids that are looked at before it is given up. */
const MOST = 999;
const LOOK_MS = 1_000;

/** Throws `conflict` when another process that lives is the agent, or it is of another type. */
export async function claimAgent(parts: ClaimParts): Promise<AgentView> {
  const { type, wish } = parts;
  if (wish.id !== undefined) return claimed(wish.id, parts);
  const pool = wish.pool ?? DEFAULT_POOL;
  for (let number = 1; number <= MOST; number += 1) {
    const id = `${type.type}-${String(number).padStart(3, '0')}`;
    const { agent } = await parts.registry.register(definitionOf(id, parts), 'ifNew');
    if (agent.type !== type.type || agent.pool !== pool || agent.derived !== 'offline') continue;
    if ((await parts.registry.pulse(id, parts.pulse)) !== undefined) return renewed(agent, parts);
  }
  throw new OmniError('conflict', `All of ${type.type}-001 to ${type.type}-${MOST} are taken. Give the agent an id.`);
}

async function claimed(id: string, parts: ClaimParts): Promise<AgentView> {
  const { registry, type, wish, pulse, logger } = parts;
  const { agent } = await registry.register(definitionOf(id, parts), 'ifNew');
  if (agent.type !== type.type)
    throw new OmniError(
      'conflict',
      `The agent ${id} is registered as ${agent.type}. Start it as that, or take another id.`,
    );
  // Another queue is refused while a process serves the one that it has now.
  if (wish.pool !== undefined && wish.pool !== agent.pool) await registry.register({ ...agent, pool: wish.pool });
  for (let before = agent; ;) {
    if ((await registry.pulse(id, pulse)) !== undefined) return renewed(await registry.get(id), parts);
    const now = await registry.get(id);
    // A process that was killed says nothing more; one that lives does so within seconds.
    if (now.heard !== undefined && now.heard.seenAt.getTime() !== before.heard?.seenAt.getTime())
      throw new OmniError(
        'conflict',
        `Another process is the agent ${id}. Stop it, or give this one another id, or none: then it takes one that is free.`,
      );
    if (before === agent)
      logger.warn(
        { agent: id, seconds: AGENT_LIFE_MS / 1_000 },
        'the agent was another process a moment ago: waiting until that speaks, or has been silent for long enough',
      );
    before = now;
    await sleep(LOOK_MS);
  }
}

/** Its registration follows what its process can do and what was said at its start. */
async function renewed(agent: AgentView, { registry, type, wish, logger }: ClaimParts): Promise<AgentView> {
  const capabilities = Object.keys(type.capabilities);
  const without = agent.capabilities.filter((name) => !capabilities.includes(name));
  if (without.length > 0)
    logger.warn({ agent: agent.id, without }, 'registered with capabilities that its process does not have');
  const { id, config, metadata, priority } = agent;
  const now: AgentDefinition = {
    id,
    config,
    metadata,
    priority,
    type: type.type,
    pool: agent.pool,
    capabilities,
    name: wish.name ?? agent.name,
    maxConcurrency: wish.concurrency ?? agent.maxConcurrency,
  };
  return (await registry.register(now)).agent;
}

function definitionOf(id: string, { type, wish }: ClaimParts): AgentDefinition {
  return {
    id,
    name: wish.name ?? id,
    type: type.type,
    pool: wish.pool ?? DEFAULT_POOL,
    capabilities: Object.keys(type.capabilities),
    maxConcurrency: wish.concurrency ?? SLOTS,
    priority: 'normal',
    config: {},
    metadata: {},
  };
}
