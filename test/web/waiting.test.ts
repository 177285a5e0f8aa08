import { expect, test } from '@jest/globals';
import type { Agent, AgentTask } from '../../web/agents/waiting';
import { whyWaits } from '../../web/agents/waiting';

const task: AgentTask = {
  id: 't',
  type: 'engineer',
  capability: 'code_generation',
  state: 'submitted',
  submittedAt: '2026-01-01T00:00:00Z',
  attempts: 0,
  usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
};
const agent = (given: Partial<Agent> = {}): Agent => ({
  id: 'engineer-001',
  name: 'engineer-001',
  type: 'engineer',
  pool: 'default',
  capabilities: ['code_generation'],
  status: 'idle',
  slots: { total: 5, used: 0, free: 5 },
  ...given,
});
const full = { total: 5, used: 5, free: 0 };

test.each([
  [
    'no agent of its type is there',
    [agent({ type: 'docs' })],
    /No agent of the type engineer is registered. Start one/,
  ],
  ['none of them can do it', [agent({ capabilities: ['other'] })], /can do code_generation/],
  [
    'all that can are offline',
    [agent({ status: 'offline' }), agent({ capabilities: [] })],
    /offline: engineer-001\. Start/,
  ],
  ['all that are there are held', [agent({ status: 'paused' }), agent({ status: 'draining' })], /paused or draining/],
  [
    'all slots are taken',
    [agent({ status: 'busy', slots: full }), agent({ status: 'offline' })],
    /All slots of engineer-001/,
  ],
])('a task waits because %s', (_, agents, words) => {
  expect(whyWaits(task, agents)).toMatch(words);
});

test('a task that an agent is free for is about to be taken, and any agent will do for one that says so', () => {
  expect(whyWaits(task, [agent({ status: 'offline' }), agent()])).toBeUndefined();
  expect(
    whyWaits({ ...task, type: '*', capability: '*' }, [agent({ type: 'docs', capabilities: [] })]),
  ).toBeUndefined();
  expect(whyWaits({ ...task, pool: 'gpu' }, [agent()])).toMatch(/pool gpu/);
});
