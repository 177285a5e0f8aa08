/** Loops of any length on a real server: nothing is lost or done twice over many runs of one execution, whatever arrives meanwhile. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import type { Step } from '../../src/plan/plan';
import { provider, testEngine } from '../integration/engine';
import { candidate, expression, object, planOf, tool } from '../interpreter/walk';

const calls = new Map<string, number>();
const counting = provider('counting', (input, { idempotencyKey }) => {
  calls.set(idempotencyKey, (calls.get(idempotencyKey) ?? 0) + 1);
  return Number(input['n']) % 4_000 === 7 ? Promise.reject(new TypeError('this one fails')) : Promise.resolve(input);
});

let engine: Awaited<ReturnType<typeof testEngine>>;
beforeAll(async () => {
  engine = await testEngine({ providers: [counting] });
}, 60_000);
afterAll(() => engine.close());

const near = (name: string, n: string): Step =>
  tool(name, {
    tool: 'test.local',
    placement: 'local',
    chain: [candidate('counting')],
    input: object({ n: expression(n) }),
  });

test('a forEach over 10,000 items with three that fail gives 10,000 entries in order', async () => {
  calls.clear();
  const plan = planOf([
    {
      kind: 'forEach',
      name: 'each',
      list: 'trigger.payload.items',
      as: 'item',
      concurrency: 50,
      steps: [near('score', 'item')],
      collect: 'steps.score.output.n',
      join: 'all',
      onItemError: 'continue',
    },
  ]);
  const handle = await engine.start(plan, { items: Array.from({ length: 10_000 }, (_, i) => i) });
  const output = (await handle.result()) as unknown[];
  expect(output).toHaveLength(10_000);
  expect(output.filter((one, i) => one === i)).toHaveLength(9_997);
  expect(calls.size).toBe(10_000);
  expect((await runsOf(engine.client, handle.workflowId)).every((events) => events < 10_240)).toBe(true);
}, 600_000);

test('a repeat of 30,000 rounds takes each of 1,000 signals sent meanwhile exactly once', async () => {
  calls.clear();
  const take: Step = {
    kind: 'waitFor',
    name: 'take',
    signal: 'parcel',
    from: [],
    form: { type: 'object', properties: { id: { type: 'number' } }, required: ['id'], additionalProperties: false },
    reminders: [],
  };
  const plan = planOf(
    [
      {
        kind: 'parallel',
        name: 'both',
        join: 'all',
        branches: [
          {
            name: 'rounds',
            single: false,
            steps: [{ kind: 'repeat', name: 'again', max: 30_000, steps: [near('step', '1')] }],
          },
          {
            name: 'parcels',
            single: false,
            steps: [
              {
                kind: 'forEach',
                name: 'each',
                list: 'trigger.payload.items',
                as: 'item',
                concurrency: 1,
                steps: [take],
                collect: 'steps.take.output.id',
                join: 'all',
                onItemError: 'fail',
              },
            ],
          },
        ],
      },
    ],
    { output: expression('steps.each.output') },
  );
  const handle = await engine.start(plan, { items: Array.from({ length: 1_000 }, (_, i) => i) });
  for (let id = 0; id < 1_000; id += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, k) => handle.signal('parcel', { id: id + k })));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const taken = (await handle.result()) as number[];
  expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  expect(calls.size).toBe(30_000);
  expect((await runsOf(engine.client, handle.workflowId)).every((events) => events < 10_240)).toBe(true);
}, 900_000);

/** Events of each run of an execution. */
async function runsOf(client: Client, workflowId: string): Promise<readonly number[]> {
  const runs: number[] = [];
  for await (const { historyLength } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
    runs.push(historyLength ?? 0);
  return runs;
}
