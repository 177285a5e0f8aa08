import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { RegisteredTool } from '../../src';
import { loadConfig, Orchestrator } from '../../src';
import { TEST_ENCRYPTION_KEY, testDatabaseUrl, testTemporalAddress } from '../servers';

const definitions = mkdtempSync(path.join(tmpdir(), 'omni-closing-'));
afterAll(() => rmSync(definitions, { recursive: true }));

/** A tool that says when it has begun, and takes until it is told. */
function slowTool(begun: () => void, over: Promise<void>): RegisteredTool {
  return {
    metadata: {
      name: 'nap.take',
      description: 'Takes a while',
      version: '1.0.0',
      provider: 'sofa',
      category: 'nap',
      timeout: 60_000,
      retryable: true,
      requiresAuth: false,
      scopes: [],
    },
    capabilities: [],
    execute: async () => {
      begun();
      await over;
      return { rested: true };
    },
  };
}

test('closing ends waits with what is known, before the connection that they ask over is gone', async () => {
  const orchestrator = await Orchestrator.open({
    config: loadConfig({
      ...process.env,
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      TEMPORAL_ADDRESS: await testTemporalAddress(),
      DATABASE_URL: await testDatabaseUrl(),
      ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
      TEMPORAL_TASK_QUEUE: `closing-${randomUUID()}`,
      OMNI_DEFINITIONS_DIR: definitions,
    }),
  });
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let finish = (): void => undefined;
  const over = new Promise<void>((resolve) => (finish = resolve));
  await orchestrator.getToolRegistry().registerTool('nap.take', 'sofa', slowTool(begin, over));
  const id = `nap-${randomUUID()}`;
  const steps = [{ name: 'nap', tool: 'nap.take', provider: 'sofa' }];
  await orchestrator.getWorkflowEngine().registerWorkflow({ id, name: 'Nap', version: '1.0.0', steps });
  const running = [
    orchestrator.getWorkflowEngine().executeWorkflow(id, {}),
    orchestrator
      .getToolRegistry()
      .executeTool('nap.take', 'sofa', {})
      .then(({ success }) => ({ status: success ? 'completed' : 'running' })),
  ];
  await begun;
  const closing = orchestrator.close();
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual(['running', 'running']);
  finish();
  await closing;
}, 120_000);
