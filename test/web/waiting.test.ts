import { describe, expect, test } from '@jest/globals';
import type { Asked, Waiting } from '../../web/agents/waiting';
import { decisionOf, whyWaits } from '../../web/agents/waiting';

const task: Waiting = { type: 'engineer', capability: 'code_generation' };
const agent = (given: Partial<Asked> = {}): Asked => ({
  id: 'engineer-001',
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

describe('what matching decided', () => {
  test('is told agent by agent, with times as the reader has them', () => {
    const refused = [
      { agent: 'engineer-001', reason: 'was set to paused by ana, until 2026-01-31T12:00:00.000Z' },
      { agent: 'engineer-002', reason: 'cannot do code_review' },
    ];
    const decision = decisionOf({ decision: { found: false, reason: 'Nobody can take it', refused } });
    expect(decision?.reason).toBe('Nobody can take it');
    expect(decision?.refused[0]?.reason).toMatch(/^was set to paused by ana, until 2026-\d\d-\d\d \d\d:00:00$/);
    expect(decision?.refused[1]).toEqual(refused[1]);
  });

  test('is unknown before it decided, and of any other shape', () => {
    expect([{}, { decision: null }, { decision: { found: true } }].map(decisionOf)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(decisionOf({ decision: { reason: 'x', refused: [1, { agent: 'a' }] } })).toEqual({
      reason: 'x',
      refused: [],
    });
  });
});
