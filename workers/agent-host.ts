/** The agents that one process runs: they share what they can, are counted together, and stop together. */
import { randomUUID } from 'node:crypto';
import type { NativeConnection } from '@temporalio/worker';
import type { AgentType } from '../src/agents/capability';
import type { Metrics } from '../src/monitoring/metrics';
import type { AgentWorker, AgentWorkerOptions } from './agent';
import { startAgentWorker } from './agent';
import type { AgentWish } from './agent-claim';

type Given = 'type' | 'wish' | 'connection' | 'owner' | 'onEnd';

export interface AgentHostParts extends Omit<AgentWorkerOptions, Given> {
  readonly connect: () => Promise<NativeConnection>;
  readonly metrics: Metrics;
}

export interface AgentHost {
  /** Throws `conflict` when the agent is another process, or of another type. */
  start(type: AgentType, wish: AgentWish): Promise<AgentWorker>;
  /** All at once; resolves when the last one has ended. */
  stop(): Promise<void>;
}

export function createAgentHost({ connect, ...parts }: AgentHostParts): AgentHost {
  const { metrics } = parts;
  const agents: AgentWorker[] = [];
  const begun = new Map<string, number>();
  // One connection takes one worker per queue: a second agent of a type needs another one.
  const connections: Promise<NativeConnection>[] = [];
  const free = (agent: AgentWorker): number => (agent.running() ? Math.max(0, agent.slots() - agent.inFlight()) : 0);
  const show = (gauge: 'used' | 'free', read: (agent: AgentWorker) => number): void => {
    metrics.clear(`orchestrator_agent_slots_${gauge}`);
    const sums = new Map<string, number>();
    for (const agent of agents) sums.set(agent.type, (sums.get(agent.type) ?? 0) + read(agent));
    for (const [type, sum] of sums) metrics.set(`orchestrator_agent_slots_${gauge}`, { type }, sum);
  };
  metrics.beforeRead(() => {
    show('used', (agent) => agent.inFlight());
    show('free', free);
  });
  return {
    async start(type, wish) {
      const place = begun.get(type.type) ?? 0;
      begun.set(type.type, place + 1);
      const connection = await (connections[place] ??= connect());
      const onEnd = (end: 'done' | 'failed'): void =>
        metrics.count(`orchestrator_agent_tasks_${end}_total`, { type: type.type });
      const agent = await startAgentWorker({ ...parts, type, wish, connection, owner: randomUUID(), onEnd });
      agents.push(agent);
      return agent;
    },
    async stop() {
      await Promise.all(agents.map((agent) => agent.stop()));
      for (const connection of connections.splice(0)) await (await connection).close();
    },
  };
}
