/** What executions that others start have spent, on a real server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Plan, Step } from '../../src/plan/plan';
import { OmniError } from '../../src/plan/problem';
import type { ExecutionState } from '../../src/plan/record';
import { STATE_QUERY } from '../../src/plan/record';
import type { Provider } from '../../src/tools/tool';
import { candidate, literal, object, planOf, tool } from '../interpreter/walk';
import { testEngine } from './engine';

/** Two dollars a call. */
const dear: Provider = {
  name: 'dear',
  title: 'dear',
  variables: [],
  tools: { 'test.echo': () => Promise.resolve({ output: {}, usage: { costUsd: 2 } }) },
};
const stuck: Provider = {
  name: 'stuck',
  title: 'stuck',
  variables: [],
  tools: {
    'test.echo': (_input, { signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new OmniError('cancelled', 'over')))),
  },
};
const pay = (name: string): Step => tool(name, { chain: [candidate('dear')] });
const CHILDREN: Readonly<Record<string, Plan>> = {
  failing: planOf([pay('one'), { kind: 'fail', name: 'stop', type: 'app/stopped', detail: literal('no') }], {
    id: 'failing',
  }),
  lasting: planOf([pay('one'), tool('two', { chain: [{ ...candidate('stuck'), timeoutMs: 60_000 }] })], {
    id: 'lasting',
  }),
  spending: planOf([pay('one'), pay('two'), pay('three')], { id: 'spending' }),
};
const child = (name: string, workflow: string, fields: object = {}): Step => ({
  kind: 'workflow',
  name,
  workflow,
  input: object({}),
  await: true,
  budget: {},
  ...fields,
});
const withBudget = (steps: readonly Step[], maxCostUsd = 10): Plan =>
  planOf(steps, { guards: { budget: { maxCostUsd }, security: { piiRedaction: false, encryption: false } } });

let engine: Awaited<ReturnType<typeof testEngine>>;
beforeAll(async () => {
  engine = await testEngine({ providers: [dear, stuck], plans: CHILDREN });
}, 60_000);
afterAll(() => engine.close());

async function stateAfter(plan: Plan): Promise<ExecutionState> {
  const handle = await engine.start(plan);
  await handle.result().catch(() => undefined);
  return handle.query<ExecutionState>(STATE_QUERY);
}

test('one that fails, and one that is cancelled, charge what they have spent', async () => {
  const state = await stateAfter(
    withBudget([
      child('a', 'failing', { onError: [{ continue: true }] }),
      child('b', 'lasting', { timeoutMs: 2_000, onError: [{ continue: true }] }),
    ]),
  );
  expect(state).toMatchObject({ status: 'completed', usage: { costUsd: 4 } });
  expect(state.steps).toMatchObject([
    { path: 'a', status: 'failed', error: { type: 'app/stopped' }, usage: { costUsd: 2 } },
    { path: 'b', status: 'failed', error: { type: 'timeout' }, usage: { costUsd: 2 } },
  ]);
}, 30_000);

test('one ends as budget-exceeded at the limit that it was given', async () => {
  const state = await stateAfter(withBudget([child('a', 'spending', { budget: { maxCostUsd: 4 } })], 5));
  expect(state).toMatchObject({
    status: 'failed',
    error: { type: 'budget-exceeded', step: 'a' },
    usage: { costUsd: 4 },
  });
}, 30_000);
