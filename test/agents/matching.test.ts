/** Which pool takes a task: for all agents and tasks, and for a few in words. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MatchableAgent, WantedAgent } from '../../src/agents/matching';
import { matchAgent } from '../../src/agents/matching';
import { statusOf } from '../../src/agents/status';
import { ANY_AGENT, ANY_CAPABILITY, PRIORITY_KEYS } from '../../src/plan/agent';
import { agent, ago, ahead, NOW } from './ground';

const TYPES = ['engineer', 'tester'] as const;
const POOLS = ['default', 'gpu'] as const;
const CAPABILITIES = ['code', 'test', 'scan'] as const;

const agents = fc
  .array(
    fc.record({
      type: fc.constantFrom(...TYPES),
      pool: fc.constantFrom(...POOLS),
      capabilities: fc.uniqueArray(fc.constantFrom(...CAPABILITIES), { minLength: 1 }),
      maxConcurrency: fc.integer({ min: 1, max: 4 }),
      priority: fc.constantFrom(...(Object.keys(PRIORITY_KEYS) as (keyof typeof PRIORITY_KEYS)[])),
      ownTasks: fc.nat(3),
      set: fc.option(fc.constantFrom('busy', 'paused', 'offline', 'draining'), { freq: 4 }),
      over: fc.boolean(),
      heard: fc.oneof(
        { weight: 1, arbitrary: fc.constant(false as const) },
        {
          weight: 5,
          arbitrary: fc.record({
            inFlight: fc.nat(5),
            draining: fc.boolean(),
            seenAt: fc.constantFrom(ago(1000), ago(1000), ago(60_000)),
          }),
        },
      ),
    }),
    { maxLength: 8 },
  )
  .map((given): readonly MatchableAgent[] =>
    given.map(({ set, over, ...one }, index) =>
      agent({
        ...one,
        id: `agent-${index}`,
        poolTasks: given
          .filter(({ type, pool }) => type === one.type && pool === one.pool)
          .reduce((sum, { ownTasks }) => sum + ownTasks, 0),
        ...(set === null
          ? {}
          : { override: { status: set, metadata: {}, by: 'ada', until: over ? ago(1) : ahead(60_000) } }),
      }),
    ),
  );

const wanted: fc.Arbitrary<WantedAgent> = fc.record(
  {
    agent: fc.constantFrom(...TYPES, ANY_AGENT),
    capability: fc.constantFrom(...CAPABILITIES),
    requires: fc.uniqueArray(fc.constantFrom(...CAPABILITIES), { maxLength: 2 }),
    pool: fc.constantFrom(...POOLS),
    to: fc.nat(8).map((index) => `agent-${index}`),
  },
  { requiredKeys: ['agent', 'capability'] },
);

const takes = (one: MatchableAgent, task: WantedAgent): boolean =>
  (task.agent === ANY_AGENT || one.type === task.agent) &&
  (task.pool === undefined || one.pool === task.pool) &&
  (task.to === undefined || one.id === task.to) &&
  [task.capability, ...(task.requires ?? [])].every((name) => one.capabilities.includes(name)) &&
  ['busy', 'working', 'idle'].includes(statusOf(one, NOW).derived) &&
  statusOf(one, NOW).override === undefined;

const holds = (claim: (all: readonly MatchableAgent[], task: WantedAgent) => void): void =>
  fc.assert(fc.property(agents, wanted, claim), { numRuns: 1000 });

describe('of all agents and tasks', () => {
  test('a pool is found exactly where an agent can take the task, and it has one that can', () => {
    holds((all, task) => {
      const match = matchAgent(task, all, NOW);
      const able = all.filter((one) => takes(one, task));
      expect(match.found).toBe(able.length > 0);
      if (!match.found) return;
      const meant = able.filter(({ type, pool, id }) => {
        return type === match.agent && pool === match.pool && (match.to === undefined || id === match.to);
      });
      expect(meant).not.toEqual([]);
    });
  });

  test('no agent that runs can pull from the queue what it cannot do', () => {
    holds((all, task) => {
      const match = matchAgent(task, all, NOW);
      if (!match.found || match.to !== undefined) return;
      for (const { type, pool, capabilities, ...one } of all)
        if (
          type === match.agent &&
          pool === match.pool &&
          statusOf({ type, pool, capabilities, ...one }, NOW).derived !== 'offline'
        )
          expect(capabilities).toEqual(expect.arrayContaining([task.capability, ...(task.requires ?? [])]));
    });
  });

  test('who comes first has the highest priority of those that can, and every other agent has a reason', () => {
    holds((all, task) => {
      const match = matchAgent(task, all, NOW);
      const able = all.filter((one) => takes(one, task));
      const asked = all.filter(
        ({ id, type, pool }) =>
          (task.agent === ANY_AGENT || type === task.agent) &&
          (task.pool === undefined || pool === task.pool) &&
          (task.to === undefined || id === task.to),
      );
      expect(match.refused.map((one) => one.agent).sort()).toEqual(
        asked
          .filter((one) => !able.includes(one))
          .map(({ id }) => id)
          .sort(),
      );
      if (match.found)
        expect(match.scores[0]?.priority).toBe(Math.min(...able.map(({ priority }) => PRIORITY_KEYS[priority])));
    });
  });

  test('the order in which they are listed does not matter', () => {
    holds((all, task) => {
      expect(matchAgent(task, [...all].reverse(), NOW)).toMatchObject({
        ...matchAgent(task, all, NOW),
        refused: expect.any(Array),
      });
    });
  });
});

test('who only lends its worker to a model needs no capability but those that the task requires', () => {
  const model = { agent: 'engineer', capability: ANY_CAPABILITY };
  const engineer = agent({ type: 'engineer', capabilities: ['test'] });
  expect(matchAgent(model, [engineer], NOW).found).toBe(true);
  expect(matchAgent({ ...model, requires: ['code'] }, [engineer], NOW).found).toBe(false);
});

describe('in words', () => {
  const code = { agent: ANY_AGENT, capability: 'code' };
  const gpu = (given: Parameters<typeof agent>[0] = {}) => agent({ id: 'engineer-002', pool: 'gpu', ...given });

  test.each([
    ['higher priority', { priority: 'high' }, {}],
    ['more free slots', { maxConcurrency: 3 }, {}],
    ['can do less beside', {}, { capabilities: ['code', 'test'] }],
    ['fewer tasks are open', { maxConcurrency: 4, poolTasks: 2 }, { maxConcurrency: 5, poolTasks: 3 }],
    ['comes first by name', {}, {}],
  ] as const)('%s decides', (words, better, worse) => {
    const match = matchAgent(code, [gpu(worse), agent(better)], NOW);
    expect(match).toMatchObject({
      found: true,
      agent: 'engineer',
      pool: 'default',
      reason: expect.stringMatching(new RegExp(`^engineer/default before engineer/gpu: .*${words}`)),
      scores: [{ pool: 'default' }, { pool: 'gpu' }],
    });
    expect(match).not.toHaveProperty('to');
  });

  test('what was given since the last heartbeat takes slots too', () => {
    const match = matchAgent(code, [agent({ maxConcurrency: 5, poolTasks: 5 }), gpu()], NOW);
    expect(match).toMatchObject({ pool: 'gpu', scores: [{ freeSlots: 1 }, { freeSlots: 0 }] });
  });

  test('a pool in which one cannot do it gives the task to one that can', () => {
    const other = agent({ id: 'engineer-002', capabilities: ['test'] });
    expect(matchAgent(code, [agent(), other], NOW)).toMatchObject({
      found: true,
      pool: 'default',
      to: 'engineer-001',
      reason: 'engineer/default (engineer-001) alone can take it',
      refused: [{ agent: 'engineer-002', reason: 'cannot do code' }],
    });
  });

  test('a full pool is chosen all the same: the task waits there', () => {
    expect(matchAgent(code, [agent({ heard: { inFlight: 1 } })], NOW)).toMatchObject({ found: true });
  });

  test('nobody: each says why', () => {
    const until = ahead(60_000);
    const all = [
      agent({ id: 'a', capabilities: ['test'] }),
      agent({ id: 'b', heard: false }),
      agent({ id: 'c', heard: { seenAt: ago(31_000) } }),
      agent({ id: 'd', override: { status: 'paused', metadata: {}, by: 'ada', until } }),
      agent({ id: 'e', heard: { draining: true } }),
    ];
    expect(matchAgent({ agent: 'engineer', capability: 'code' }, all, NOW)).toEqual({
      found: false,
      reason: 'No agent of the type engineer can take it now',
      refused: [
        { agent: 'a', reason: 'cannot do code' },
        { agent: 'b', reason: 'is offline: no process of it runs' },
        { agent: 'c', reason: 'is offline: last heard of at 2026-03-01T11:59:29.000Z' },
        { agent: 'd', reason: 'was set to paused by ada, until 2026-03-01T12:01:00.000Z' },
        { agent: 'e', reason: 'is draining: it takes no more tasks' },
      ],
    });
    expect(matchAgent({ agent: 'docs', capability: 'code', pool: 'gpu' }, all, NOW)).toEqual({
      found: false,
      reason: 'No agent of the type docs in the pool gpu is registered',
      refused: [],
    });
  });
});
