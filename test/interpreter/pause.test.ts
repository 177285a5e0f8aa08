/** Pausing an execution, in virtual time. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { receive } from '../../src/interpreter/inbox';
import { pause, unpause } from '../../src/interpreter/pause';
import type { LiveState } from '../../src/interpreter/state';
import type { Step } from '../../src/plan/plan';
import { answered, object, planOf, START_MS, tool, walk } from './walk';

const HOUR = 3_600_000;

const paused = (atMs: number, by = 'ada') => ({
  atMs,
  send: (state: LiveState, since: number) => pause(state, { since, by }),
});
const resumed = (atMs: number) => ({ atMs, send: (state: LiveState, now: number) => unpause(state, now) });
const signal = (atMs: number) => ({
  atMs,
  send: (state: LiveState, at: number) => receive(state, { name: 'go', payload: {}, at }, new Set(['go'])),
});
const ask: Step = { kind: 'waitFor', name: 'ask', signal: 'go', from: [], form: {}, reminders: [] };
const begunAt = (state: LiveState, path: string): number =>
  (state.records.get(path)?.calls?.[0]?.startedAt ?? 0) - START_MS;

test('while it is paused no call begins, and those that run end', async () => {
  const plan = planOf([tool('a'), tool('b')]);
  const { state, tookMs } = await walk(plan, { messages: [paused(5), resumed(HOUR)] });
  expect(state.records.get('a')?.calls?.[0]?.endedAt).toBe(START_MS + 10);
  expect(begunAt(state, 'b')).toBe(HOUR);
  expect(tookMs).toBe(HOUR + 10);
});

test('branches that were held go on in their order, at most as many at once as ever', async () => {
  const branches = Array.from({ length: 300 }, (_, i) => ({ name: `b${i}`, single: true, steps: [tool(`b${i}`)] }));
  const plan = planOf([tool('a'), { kind: 'parallel', name: 'all', join: 'all', branches }]);
  const { calls, state } = await walk(plan, { messages: [paused(5), resumed(1_000)] });
  expect(calls.map(({ path }) => path)).toEqual(['a', ...branches.map(({ name }) => `all.${name}`)]);
  expect([begunAt(state, 'all.b199'), begunAt(state, 'all.b200')]).toEqual([1_000, 1_010]);
});

test('pausing twice is pausing once, and resuming what is not paused is nothing', async () => {
  const plan = planOf([tool('a'), tool('b')]);
  const seen: unknown[] = [];
  const look = { atMs: 500, send: (state: LiveState) => seen.push(state.paused) };
  await walk(plan, { messages: [resumed(1), paused(5), paused(7, 'bob'), look, resumed(1_000), resumed(1_001)] });
  expect(seen).toEqual([{ since: START_MS + 5, by: 'ada' }]);
});

test('questions can be answered and times pass; what comes after them waits', async () => {
  const plan = planOf([
    {
      kind: 'parallel',
      name: 'both',
      join: 'all',
      branches: [
        { name: 'people', single: false, steps: [ask, tool('after_ask')] },
        { name: 'time', single: false, steps: [{ kind: 'wait', name: 'nap', forMs: 2_000 }, tool('after_nap')] },
      ],
    },
  ]);
  const { state } = await walk(plan, { messages: [paused(5), signal(1_000), resumed(HOUR)] });
  const endedAt = (path: string) => (state.records.get(path)?.endedAt ?? 0) - START_MS;
  expect([endedAt('both.people.ask'), endedAt('both.time.nap')]).toEqual([1_000, 2_000]);
  expect([begunAt(state, 'both.people.after_ask'), begunAt(state, 'both.time.after_nap')]).toEqual([HOUR, HOUR]);
});

describe('the clocks', () => {
  test('of steps and of maxMs stand still', async () => {
    const group: Step = { kind: 'steps', name: 'group', timeoutMs: 100, steps: [tool('a'), tool('b'), tool('c')] };
    const guards = { budget: { maxMs: 100 }, security: { piiRedaction: false, encryption: false } };
    const { state } = await walk(planOf([group], { guards }), {
      messages: [paused(5), resumed(HOUR), paused(HOUR + 15), resumed(2 * HOUR)],
    });
    expect(state.ended?.error).toBeUndefined();
    const slow = (request: Parameters<typeof answered>[0]) =>
      answered(request, 1, request.path === 'group.c' ? 95 : 10);
    for (const [plan, type, tookMs] of [
      [planOf([group]), 'timeout', HOUR + 95],
      // That of the budget stands still only when no call runs any more.
      [planOf(group.steps, { guards }), 'budget-exceeded', HOUR + 90],
    ] as const) {
      const late = await walk(plan, {
        answer: (request) => slow({ ...request, path: `group.${request.path.replace('group.', '')}` }),
        messages: [paused(5), resumed(HOUR)],
      });
      expect([late.state.ended?.error?.type, late.tookMs]).toEqual([type, tookMs]);
    }
  });

  test('of questions go on', async () => {
    const plan = planOf([{ ...ask, timeoutMs: 1_000, onTimeout: [{ continue: true }] }, tool('after')]);
    const { state } = await walk(plan, { messages: [paused(5), resumed(HOUR)] });
    expect(state.records.get('ask')?.error).toMatchObject({ type: 'timeout' });
    expect(begunAt(state, 'after')).toBe(HOUR);
  });
});

test('cancelling ends the pause: what was done is undone, finally runs, and what was held has never begun', async () => {
  const plan = planOf(
    [
      tool('a', { compensate: tool('compensate', { tool: 'test.undo' }) }),
      tool('b', { compensate: tool('compensate', { tool: 'test.undo' }) }),
    ],
    { finally: [tool('sweep')] },
  );
  const { calls, state, tookMs } = await walk(plan, { cancelAfterMs: 1_000, messages: [paused(5)] });
  expect(calls.map(({ path }) => path)).toEqual(['a', 'a.compensate', 'finally.sweep']);
  expect([state.ended?.cancelled, state.paused, tookMs]).toEqual([true, undefined, 1_020]);
});

test('a pause at any time, with continuing as new after any call, changes nothing but the time', async () => {
  const plan = planOf([
    tool('a'),
    {
      kind: 'parallel',
      name: 'both',
      join: 'all',
      branches: [
        { name: 'x', single: false, steps: [tool('x1'), tool('x2'), tool('x3')] },
        { name: 'y', single: false, steps: [tool('y1'), ask, tool('y2')] },
      ],
    },
    { kind: 'steps', name: 'group', timeoutMs: 50, steps: [tool('c'), tool('d', { input: object({}) })] },
  ]);
  const never = await walk(plan, { messages: [signal(15)] });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(80),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 4 }),
      async (at, ms, every) => {
        const { calls, output, state } = await walk(plan, {
          continueEvery: every,
          messages: [paused(at), resumed(at + ms), signal(15)],
        });
        expect(state.ended?.error).toBeUndefined();
        expect(output).toEqual(never.output);
        expect(calls.map(({ key }) => key).sort()).toEqual(never.calls.map(({ key }) => key).sort());
      },
    ),
    { numRuns: 200 },
  );
});
