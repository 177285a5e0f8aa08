/** What is large on a real server: messages, lists, the state that is carried over, values shared with other executions. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Plan, Step } from '../../src/plan/plan';
import { candidate, expression, object, planOf, tool } from '../interpreter/walk';
import { testVariantPath } from '../servers';
import { provider, testEngine } from './engine';

const calls = new Map<string, number>();
const tally = (key: string): void => void calls.set(key, (calls.get(key) ?? 0) + 1);
const providers = [
  provider('giving', (input, { idempotencyKey }) => {
    tally(idempotencyKey);
    return Promise.resolve({ n: input['n'], text: 'x'.repeat(Number(input['size'])) });
  }),
  provider('measuring', (input, { idempotencyKey }) => {
    tally(idempotencyKey);
    return Promise.resolve({ size: JSON.stringify(input['value']).length });
  }),
];

const give = (size: string, fields = {}): Step =>
  tool('give', {
    chain: [candidate('giving')],
    input: object({ n: expression('index'), size: expression(size) }),
    ...fields,
  });
const measure = (value: string, name = 'measure'): Step =>
  tool(name, { chain: [candidate('measuring')], input: object({ value: expression(value) }) });
const each = (list: string, steps: readonly Step[], fields = {}): Step => ({
  kind: 'forEach',
  name: 'each',
  list,
  as: 'item',
  concurrency: 200,
  steps,
  join: 'all',
  onItemError: 'fail',
  ...fields,
});
/** The variable `text`, of 3 MiB. */
const text = [8, 8, 8, 8, 8, 6].reduce<Step[]>(
  (steps, times, i) => {
    const more = Array.from({ length: times }, () => 'vars.text').join(' + ');
    return [...steps, { kind: 'set', name: `more${i}`, values: { text: expression(more) } }];
  },
  [{ kind: 'set', name: 'some', values: { text: expression('"0123456789abcdef"') } }],
);

const child: Plan = planOf(
  [
    tool('own', { chain: [candidate('giving')], input: object({ size: expression('100000') }) }),
    measure('trigger.payload.text'),
  ],
  {
    id: 'child',
    output: object({ text: expression('steps.own.output.text'), size: expression('steps.measure.output.size') }),
  },
);

let engine: Awaited<ReturnType<typeof testEngine>>;
beforeAll(async () => {
  engine = await testEngine({ providers, plans: { child } });
}, 60_000);
afterAll(() => engine.close());

const items = Array.from({ length: 200 }, (_, i) => i);

describe('a workflow task fits its message', () => {
  test('with 200 local calls that answer 60 kB each', async () => {
    const local = { tool: 'test.local', placement: 'local' as const };
    const plan = planOf([
      each('trigger.payload.items', [give('60000', local)], { collect: 'size(steps.give.output.text)' }),
    ]);
    expect(await (await engine.start(plan, { items })).result()).toEqual(items.map(() => 60_000));
  }, 60_000);

  test('with 200 calls at once that are given 60 kB each', async () => {
    const steps = [measure('trigger.payload.text')];
    const plan = planOf([each('trigger.payload.items', steps, { collect: 'steps.measure.output.size' })]);
    const handle = await engine.start(plan, { items, text: 'x'.repeat(60_000) });
    expect(await handle.result()).toEqual(items.map(() => 60_002));
  }, 60_000);
});

test('a list of results above half a megabyte is stored: a tool opens it, and another loop goes over it', async () => {
  const some = items.slice(0, 20);
  const plan = planOf([
    each('trigger.payload.items', [give('30000')]),
    measure('steps.each.output'),
    { ...each('steps.each.output', [measure('item.n', 'again')]), name: 'after' },
  ]);
  const handle = await engine.start(plan, { items: some });
  expect(await handle.result()).toEqual(some.map((n) => ({ size: String(n).length })));
  const state = await handle.query<{ steps: { path: string; output: unknown }[] }>('state');
  const outputs = new Map(state.steps.map((step) => [step.path, step.output]));
  expect(outputs.get('each')).toMatchObject({ mediaType: 'application/json', $blob: expect.any(String) });
  expect(outputs.get('measure')).toEqual({ size: (outputs.get('each') as { bytes: number }).bytes });
}, 60_000);

test('a state of several megabytes is carried from run to run, and every call is made once', async () => {
  calls.clear();
  const continuing = await testEngine({ providers, bundlePath: await testVariantPath('sometimes') });
  try {
    const plan = planOf([...text, each('trigger.payload.items', [give('1')], { concurrency: 10 })], {
      output: expression('string(size(vars.text)) + "/" + string(size(steps.each.output))'),
    });
    const handle = await continuing.start(plan, { items: items.slice(0, 60) });
    expect(await handle.result()).toBe(`${3 * 1024 * 1024}/60`);
    expect([...calls.values()]).toEqual(items.slice(0, 60).map(() => 1));
    // A page of history may be larger than what a client takes in.
    const { history } = await continuing.client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId: handle.workflowId },
      maximumPageSize: 1,
    });
    const first = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    expect(first?.continuedExecutionRunId).not.toBe('');
    expect(first?.input?.payloads?.[1]?.data?.length).toBeLessThan(600_000);
  } finally {
    await continuing.close();
  }
}, 120_000);

test('a stored value can be handed to another execution and back', async () => {
  const plan = planOf(
    [
      give('100000', { input: object({ size: expression('100000') }) }),
      {
        kind: 'workflow',
        name: 'sub',
        workflow: 'child',
        input: object({ text: expression('steps.give.output.text') }),
        await: true,
      },
      measure('steps.sub.output.text'),
    ],
    { output: expression('[steps.sub.output.size, steps.measure.output.size]') },
  );
  expect(await (await engine.start(plan)).result()).toEqual([100_002, 100_002]);
}, 60_000);
