/** What `/metrics` says of agents. */
import { expect, test } from '@jest/globals';
import type { AgentView } from '../../src/agents/registry';
import { statusOf } from '../../src/agents/status';
import { showAgentGauges } from '../../src/library/agent-gauges';
import { createMetrics } from '../../src/monitoring/metrics';
import { agent, NOW } from '../agents/ground';

const view = (given: Parameters<typeof agent>[0]): AgentView => {
  const one = agent(given);
  return { ...one, ...statusOf(one, NOW), readAt: NOW };
};

test('slots and tasks of running agents are summed up by type, from one look at the table', async () => {
  let looks = 0;
  let away = false;
  const metrics = createMetrics();
  const list = (): Promise<readonly AgentView[]> => {
    looks += 1;
    if (away) return Promise.reject(new Error('The database is away.'));
    return Promise.resolve([
      view({ maxConcurrency: 5, heard: { inFlight: 2 } }),
      view({ maxConcurrency: 3, heard: { inFlight: 3 } }),
      view({ maxConcurrency: 7, heard: false }),
      view({ type: 'tester', maxConcurrency: 1 }),
    ]);
  };
  showAgentGauges(metrics, { list });
  const lines = async () => (await metrics.text()).split('\n').filter((line) => /^orchestrator_agent/.test(line));
  expect(await lines()).toEqual([
    'orchestrator_agents{type="engineer"} 2',
    'orchestrator_agents{type="tester"} 1',
    'orchestrator_agent_slots{type="engineer"} 8',
    'orchestrator_agent_slots{type="tester"} 1',
    'orchestrator_agent_tasks_in_flight{type="engineer"} 5',
    'orchestrator_agent_tasks_in_flight{type="tester"} 0',
  ]);
  expect(looks).toBe(1);
  away = true;
  expect(await lines()).toEqual([]);
});
