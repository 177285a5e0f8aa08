/** Slots of agents as numbers of this installation, by type of agent. */
import type { AgentRegistry } from '../agents/registry';
import type { Metrics } from '../monitoring/metrics';

const GAUGES = ['orchestrator_agents', 'orchestrator_agent_slots', 'orchestrator_agent_tasks_in_flight'] as const;

/** Where the agents cannot be looked at there are no values. */
export function showAgentGauges(metrics: Metrics, registry: Pick<AgentRegistry, 'list'>): void {
  metrics.beforeRead(async () => {
    for (const gauge of GAUGES) metrics.clear(gauge);
    const agents = (await registry.list()).filter(({ derived }) => derived !== 'offline');
    for (const type of new Set(agents.map((agent) => agent.type))) {
      const alike = agents.filter((agent) => agent.type === type);
      const sum = (of: (agent: (typeof alike)[number]) => number): number =>
        alike.reduce((total, agent) => total + of(agent), 0);
      metrics.set('orchestrator_agents', { type }, alike.length);
      metrics.set(
        'orchestrator_agent_slots',
        { type },
        sum((agent) => agent.maxConcurrency),
      );
      metrics.set(
        'orchestrator_agent_tasks_in_flight',
        { type },
        sum((agent) => agent.heard?.inFlight ?? 0),
      );
    }
  });
}
