/** The process that registered a tool is killed with `kill -9`: calls that are on its queue end in bounded time, and others take over. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RegisteredTool } from '../../src';
import { loadConfig, Orchestrator } from '../../src';
import { TEST_ENCRYPTION_KEY, testDatabaseUrl, testTemporalAddress } from '../support';
import { build } from './worker';

const root = path.resolve(__dirname, '..', '..');
const definitions = mkdtempSync(path.join(tmpdir(), 'omni-faults-'));
const shout = (answer: string): RegisteredTool => ({
  metadata: {
    name: 'voice.shout',
    description: 'Shouts',
    version: '1.0.0',
    provider: answer,
    category: 'voice',
    timeout: 5000,
    retryable: true,
    requiresAuth: false,
    scopes: [],
  },
  capabilities: [],
  execute: () => Promise.resolve({ by: answer }),
});
const GUEST = `
const { Orchestrator } = require('./dist');
Orchestrator.open().then(async (orchestrator) => {
  const tool = { metadata: ${JSON.stringify(shout('guest').metadata)}, capabilities: [], execute: async () => ({ by: process.pid }) };
  await orchestrator.getToolRegistry().registerTool('voice.shout', 'guest', tool);
});
`;

let host: Orchestrator;
let guest: ChildProcess;
beforeAll(async () => {
  build();
  const environment = {
    ...process.env,
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    TEMPORAL_ADDRESS: await testTemporalAddress(),
    DATABASE_URL: await testDatabaseUrl(),
    ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
    TEMPORAL_TASK_QUEUE: `registered-${randomUUID()}`,
    OMNI_DEFINITIONS_DIR: definitions,
  };
  host = await Orchestrator.open({ config: loadConfig(environment) });
  guest = spawn(process.execPath, ['-e', GUEST], {
    cwd: root,
    env: { ...environment, OMNI_DATA_DIR: path.join(definitions, 'data') },
    stdio: 'inherit',
  });
}, 120_000);
afterAll(async () => {
  guest.kill('SIGKILL');
  await host.close();
  rmSync(definitions, { recursive: true });
});

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    if (await what()) return;
    await pause(100);
  }
  throw new Error('It did not come about.');
}

test('a call on its queue fails clearly, the next of the chain is called, and then nobody asks it any more', async () => {
  const tools = host.getToolRegistry();
  const call = () => tools.executeTool('voice.shout', 'guest', {});
  await until(() =>
    tools.getTool('voice.shout', 'guest').then(
      () => true,
      () => false,
    ),
  );
  expect(await call()).toMatchObject({ success: true, output: { by: guest.pid } });
  await tools.registerTool('voice.shout', 'host', shout('host'));
  const { id } = await host.getWorkflowEngine().registerWorkflow(`
id: shouter-${randomUUID()}
name: Shouter
version: 1.0.0
steps:
  - { name: shout, tool: voice.shout, provider: guest | host, input: {} }
`);
  const gone = new Promise((resolve) => guest.once('exit', resolve));
  guest.kill('SIGKILL');
  await gone;
  const [alone, chain] = await Promise.all([call(), host.getWorkflowEngine().executeWorkflow(id, {})]);
  expect(alone).toMatchObject({ success: false, error: { type: 'provider-unavailable', provider: 'guest' } });
  expect(alone.error?.detail).toContain('Start the process that registered it.');
  expect(chain).toMatchObject({
    status: 'completed',
    output: { by: 'host' },
    steps: [{ provider: 'host', calls: [{ provider: 'guest', status: 'failed' }, { provider: 'host' }] }],
  });
  await until(() =>
    call().then(
      () => false,
      (error: Error) => error.message.includes('There is no provider'),
    ),
  );
}, 180_000);
