/** Loops whose results outgrow what an execution can carry on with, on a real server. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BlobReference } from '../../src/plan/blob';
import type { Step } from '../../src/plan/plan';
import { provider, testEngine } from '../integration/engine';
import { candidate, expression, object, planOf, tool } from '../interpreter/walk';
import { TEST_ENCRYPTION_KEY, testCodec, testDatabaseUrl, testTemporalAddress } from '../support';
import { build, startWorker } from './worker';

const KILOBYTE = 'x'.repeat(1_000);

const calls = new Map<string, number>();
const large = provider('large', (input, { idempotencyKey }) => {
  calls.set(idempotencyKey, (calls.get(idempotencyKey) ?? 0) + 1);
  return Promise.resolve({ n: input['n'], text: KILOBYTE });
});

let engine: Awaited<ReturnType<typeof testEngine>>;
beforeAll(async () => {
  engine = await testEngine({ providers: [large], keys: testCodec().keys });
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

test('10,000 results of a kilobyte become one stored list, in order, each of one call', async () => {
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

const DEFINITION = `
name: Many texts
version: 1.0.0
trigger: { payload: { items: 'number[]', text: string } }
steps:
  - name: each
    forEach: trigger.payload.items
    as: number
    concurrency: 50
    collect: '{"n": number, "text": trigger.payload.text}'
    steps: [{ name: read, tool: nlu.analyze, provider: local, input: { text: She have two brothers., language: en } }]
`;

test('kill -9 in between loses no result and doubles none', async () => {
  build();
  const definitions = mkdtempSync(path.join(tmpdir(), 'omni-large-'));
  writeFileSync(path.join(definitions, 'many-texts.yaml'), DEFINITION);
  const taskQueue = `large-${randomUUID()}`;
  const environment = {
    TEMPORAL_ADDRESS: await testTemporalAddress(),
    TEMPORAL_TASK_QUEUE: taskQueue,
    DATABASE_URL: await testDatabaseUrl(),
    ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
    OMNI_DEFINITIONS_DIR: definitions,
  };
  let worker = await startWorker(environment);
  try {
    const handle = await engine.client.workflow.start('many-texts', {
      taskQueue,
      workflowId: `large-${randomUUID()}`,
      args: [{ items: Array.from({ length: COUNT }, (_, i) => i), text: KILOBYTE }],
    });
    for (const ms of [5_000, 10_000, 10_000]) {
      await pause(ms);
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await worker.kill();
      worker = await startWorker(environment);
    }
    const output = (await handle.result()) as BlobReference;
    const blob = await engine.store.blobs.get(output.$blob, handle.workflowId);
    const list = JSON.parse(Buffer.from(blob?.content ?? []).toString()) as unknown[];
    expect(list).toEqual(Array.from({ length: COUNT }, (_, n) => ({ n, text: KILOBYTE })));
  } finally {
    await worker.stop();
    rmSync(definitions, { recursive: true });
  }
}, 600_000);
