/** Slots of agents as numbers of this installation, by type of agent. */
import type { AgentRegistry, AgentView } from '../agents/registry';
import type { Metrics } from '../monitoring/metrics';

/** One look at the table answers for all gauges of a scrape. */
const SAME_LOOK_MS = 1_000;

export function showAgentGauges(metrics: Metrics, registry: Pick<AgentRegistry, 'list'>, now: () => number): void {
  let look: { readonly at: number; readonly agents: Promise<readonly AgentView[]> } | undefined;
  const running = async (): Promise<readonly AgentView[]> => {
    if (look === undefined || now() - look.at >= SAME_LOOK_MS) look = { at: now(), agents: registry.list() };
    return (await look.agents).filter(({ derived }) => derived !== 'offline');
  };
  const byType = (of: (agent: AgentView) => number) => ({
    label: 'type',
    async read() {
      const sums = new Map<string, number>();
      for (const agent of await running()) sums.set(agent.type, (sums.get(agent.type) ?? 0) + of(agent));
      return sums;
    },
  });
  metrics.gaugeBy(
    'orchestrator_agents',
    'Agents that run',
    byType(() => 1),
  );
  metrics.gaugeBy(
    'orchestrator_agent_slots',
    'Tasks that running agents work on at once',
    byType(({ maxConcurrency }) => maxConcurrency),
  );
  metrics.gaugeBy(
    'orchestrator_agent_tasks_in_flight',
    'Tasks that running agents work on now',
    byType(({ heard }) => heard?.inFlight ?? 0),
  );
}
