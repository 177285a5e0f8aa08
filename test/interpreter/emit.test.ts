/** Emitted events: what identifies them, and when the chain that they form ends. */
import { expect, test } from '@jest/globals';
import type { EmitRequest } from '../../src/plan/emit';
import type { Plan, Step } from '../../src/plan/plan';
import { expression, literal, object, planOf, START_MS, tool, walk } from './walk';
import type { WalkOptions } from './walk';

const emit = (name: string, fields: object = {}): Step => ({
  kind: 'emit',
  name,
  type: 'app.done',
  data: literal({ n: 1 }),
  ...fields,
});

async function emitted(plan: Plan, options: WalkOptions = {}) {
  const requests: EmitRequest[] = [];
  const walked = await walk(plan, { ...options, onEmit: (request) => void requests.push(request) });
  return { requests, ...walked };
}

test('the output is the id of the event, which follows from execution and path', async () => {
  const plan = planOf([tool('one'), emit('tell', { data: object({ from: expression('steps.one.output.name') }) })]);
  const { requests, output } = await emitted(plan);
  expect(output).toBe('execution/tell');
  expect(requests).toEqual([
    {
      path: 'tell',
      data: { from: 'one' },
      event: {
        specversion: '1.0',
        id: 'execution/tell',
        source: '/workflows/test',
        type: 'app.done',
        time: new Date(START_MS + 10).toISOString(),
        omnidepth: 1,
      },
    },
  ]);
});

test('every round of a loop has an event of its own, each emitted once however often the execution continues as new', async () => {
  const plan = planOf([
    {
      kind: 'forEach',
      name: 'each',
      list: '[1, 2, 3]',
      as: 'item',
      concurrency: 2,
      steps: [tool('one'), emit('tell')],
      join: 'all',
      onItemError: 'fail',
    },
  ]);
  const ids = ['execution/each[0].tell', 'execution/each[1].tell', 'execution/each[2].tell'];
  for (const continueEvery of [1, 2, 100]) {
    const { requests, output } = await emitted(plan, { continueEvery });
    expect(requests.map(({ event }) => event.id).sort()).toEqual(ids);
    expect(output).toEqual(ids);
  }
});

test('a chain of executions that events start is cut', async () => {
  const { state, requests } = await emitted(planOf([emit('tell')]), { event: { type: 'a.b', omnidepth: 20 } });
  expect(requests).toEqual([]);
  expect(state.ended?.error).toMatchObject({ type: 'policy', step: 'tell' });
  const last = await emitted(planOf([emit('tell')]), { event: { type: 'a.b', omnidepth: 19 } });
  expect(last.requests[0]?.event.omnidepth).toBe(20);
});

test('data of more than Temporal takes are refused by name', async () => {
  const { state } = await emitted(planOf([emit('tell', { data: literal('x'.repeat(1_600_000)) })]));
  expect(state.ended?.error).toMatchObject({ type: 'too-large', step: 'tell' });
});
