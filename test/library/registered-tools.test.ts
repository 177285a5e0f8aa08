/** Tools that one process registers while it runs, as another process of the same installation sees them. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RegisteredTool } from '../../src';
import { loadConfig, Orchestrator } from '../../src';
import { TEST_ENCRYPTION_KEY, testDatabaseUrl, testTemporalAddress } from '../servers';

const taskQueue = `registered-${randomUUID()}`;
const definitions = mkdtempSync(path.join(tmpdir(), 'omni-registered-'));

async function open(): Promise<Orchestrator> {
  const config = loadConfig({
    ...process.env,
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    TEMPORAL_ADDRESS: await testTemporalAddress(),
    DATABASE_URL: await testDatabaseUrl(),
    ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
    TEMPORAL_TASK_QUEUE: taskQueue,
    OMNI_DEFINITIONS_DIR: definitions,
    OPENROUTER_API_KEY: '',
  });
  return Orchestrator.open({ config });
}

const tool = (name: string, execute: RegisteredTool['execute'], rest: object = {}): RegisteredTool => ({
  metadata: {
    name,
    description: name,
    version: '1.0.0',
    provider: 'mine',
    category: 'test',
    timeout: 5000,
    retryable: true,
    requiresAuth: false,
    scopes: [],
    ...rest,
  },
  capabilities: [],
  execute,
});

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 300; look += 1) {
    if (await what()) return;
    await pause(100);
  }
  throw new Error('It did not come about.');
}

let a: Orchestrator;
let b: Orchestrator;
beforeAll(async () => {
  [a, b] = await Promise.all([open(), open()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([a, b].map((one) => one.close()));
  rmSync(definitions, { recursive: true });
});

const hasTool = (of: Orchestrator, name: string, provider: string): Promise<boolean> =>
  of
    .getToolRegistry()
    .getTool(name, provider)
    .then(
      () => true,
      () => false,
    );

test('what A registers, definitions of B call: it runs in A, whoever runs the execution, and its cost counts', async () => {
  const texts: unknown[] = [];
  const shout = tool(
    'voice.shout',
    ({ text }) => {
      texts.push(text);
      return Promise.resolve({ text: JSON.stringify(text).toUpperCase() });
    },
    { cost: { usdPerCall: 0.25 } },
  );
  await a.getToolRegistry().registerTool('voice.shout', 'mine', shout);
  await until(() => hasTool(b, 'voice.shout', 'mine'));
  const id = `shouter-${randomUUID()}`;
  await b.getWorkflowEngine().registerWorkflow(`
id: ${id}
name: Shouter
version: 1.0.0
trigger: { payload: { texts: "string[]" } }
guards: { budget: { maxCost: 1 } }
steps:
  - name: each
    forEach: trigger.payload.texts
    as: text
    steps:
      - { name: shout, tool: voice.shout, provider: mine, input: { text: "\${text}" } }
`);
  const result = await b.getWorkflowEngine().executeWorkflow(id, { texts: ['a', 'b', 'c'] });
  expect(result).toMatchObject({ status: 'completed', usage: { costUsd: 0.75 } });
  expect([...texts].sort()).toEqual(['a', 'b', 'c']);
  expect(await b.getToolRegistry().executeTool('voice.shout', 'mine', { text: 'd' })).toMatchObject({
    success: true,
    output: { text: '"D"' },
  });
  const fifth = await b.getWorkflowEngine().executeWorkflow(id, { texts: ['1', '2', '3', '4', '5'] });
  expect(fifth).toMatchObject({ status: 'failed', error: { type: 'budget-exceeded' } });
});

test('it stands in for a built-in one while its process lives, and then the built-in one is back', async () => {
  const guest = await open();
  const greeting = tool('mt.translate', () => Promise.resolve({ text: 'guest' }));
  await guest.getToolRegistry().registerTool('mt.translate', 'local', greeting);
  const input = { text: 'Good morning.', sourceLanguage: 'en', targetLanguage: 'xx' };
  const call = () => b.getToolRegistry().executeTool('mt.translate', 'local', input);
  await until(async () => {
    const { output } = await call();
    return JSON.stringify(output) === '{"text":"guest"}';
  });
  await guest.close();
  await until(async () => (await call()).error?.type === 'provider-unavailable');
}, 60_000);
