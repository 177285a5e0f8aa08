/** Claims about the engine worker, on a real Temporal server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Plan } from '../../src/plan/plan';
import type { ToolContract } from '../../src/tools/tool';
import type { Harness } from '../support';
import { harness } from '../support';

const contract: ToolContract = {
  name: 'text.shout',
  title: 'Shout',
  description: 'Upper case',
  category: 'text',
  input: z.object({ text: z.string() }),
  output: z.object({ text: z.string() }),
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 5_000,
};

const plan: Plan = {
  schemaVersion: 1,
  id: 'loud',
  name: 'Loud',
  version: '1.0.0',
  hash: 'test',
  events: [],
  input: { type: 'object' },
  steps: [
    {
      kind: 'tool',
      name: 'shout',
      tool: 'text.shout',
      placement: 'remote',
      idempotent: 'natural',
      chain: [{ provider: 'throat', from: 'provider', timeoutMs: 5_000, config: { kind: 'object', fields: {} } }],
      input: { kind: 'object', fields: { text: { kind: 'expression', source: 'trigger.payload.text' } } },
      retry: [{ maxAttempts: 1, initialIntervalMs: 10, backoff: 2, maxIntervalMs: 100 }],
    },
  ],
  guards: { budget: {}, security: { piiRedaction: false, encryption: false } },
};

let ground: Harness;
beforeAll(async () => {
  ground = await harness({
    contracts: [contract],
    plans: [plan],
    providers: [
      {
        name: 'throat',
        title: 'Throat',
        variables: [],
        tools: {
          'text.shout': (input: { text: string }) => Promise.resolve({ output: { text: input.text.toUpperCase() } }),
        },
      },
    ],
  });
});
afterAll(() => ground.close());

test('a plan that is sent along runs to its output', async () => {
  const handle = await ground.start(plan, { text: 'hello' });
  expect(await handle.result()).toEqual({ text: 'HELLO' });
});

test('a bare payload is enough: the worker loads the plan by the workflow type', async () => {
  const { client, taskQueue } = ground;
  const output: unknown = await client.workflow.execute('loud', {
    taskQueue,
    workflowId: `bare-${Date.now()}`,
    args: [{ text: 'hi' }],
  });
  expect(output).toEqual({ text: 'HI' });
});

test('text above the threshold travels as a reference and arrives whole', async () => {
  const text = 'long '.repeat(20_000);
  const handle = await ground.start(plan, { text });
  const output = (await handle.result()) as { text: { $blob: string } };
  const blob = await ground.store.blobs.get(output.text.$blob, handle.workflowId);
  expect(Buffer.from(blob?.content ?? []).toString()).toBe(text.toUpperCase());
});

test('stopped, a worker takes no work, and one that is started later goes on', async () => {
  await ground.engine.stop();
  expect(ground.engine.worker.getState()).toBe('STOPPED');
  const handle = await ground.start(plan, { text: 'later' });
  await ground.startAnotherEngine();
  expect(await handle.result()).toEqual({ text: 'LATER' });
});
