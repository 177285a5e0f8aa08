/** Loops whose results outgrow what an execution can carry on with, on a real server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BlobReference } from '../../src/plan/blob';
import type { Step } from '../../src/plan/plan';
import { provider, testEngine } from '../integration/engine';
import { candidate, expression, object, planOf, tool } from '../interpreter/walk';

const KILOBYTE = 'x'.repeat(1_000);

const calls = new Map<string, number>();
const large = provider('large', (input, { idempotencyKey }) => {
  calls.set(idempotencyKey, (calls.get(idempotencyKey) ?? 0) + 1);
  return Promise.resolve({ n: input['n'], text: KILOBYTE });
});

let engine: Awaited<ReturnType<typeof testEngine>>;
beforeAll(async () => {
  engine = await testEngine({ providers: [large] });
}, 60_000);
afterAll(() => engine.close());

const each = (fields: Partial<Extract<Step, { kind: 'forEach' }>>): Step => ({
  kind: 'forEach',
  name: 'each',
  list: 'trigger.payload.items',
  as: 'item',
  concurrency: 50,
  steps: [
    tool('score', {
      tool: 'test.local',
      placement: 'local',
      chain: [candidate('large')],
      input: object({ n: expression('item') }),
    }),
  ],
  collect: 'steps.score.output',
  join: 'all',
  onItemError: 'fail',
  ...fields,
});

const COUNT = 10_000;

test('10,000 results of a kilobyte become one stored list, which a later loop and a tool can read', async () => {
  calls.clear();
  const plan = planOf([each({})]);
  const handle = await engine.start(plan, { items: Array.from({ length: COUNT }, (_, i) => i) });
  const output = (await handle.result()) as BlobReference;
  expect(output.bytes).toBeGreaterThan(COUNT * 1_000);
  const blob = await engine.store.blobs.get(output.$blob, handle.workflowId);
  const list = JSON.parse(Buffer.from(blob?.content ?? []).toString()) as { n: number }[];
  expect(list.map(({ n }) => n)).toEqual(Array.from({ length: COUNT }, (_, i) => i));
  expect(calls.size).toBe(COUNT);
}, 600_000);
