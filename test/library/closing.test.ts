import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { RegisteredTool } from '../../src';
import { loadConfig, Orchestrator } from '../../src';
import { testDatabaseUrl, testTemporalAddress } from '../servers';

const definitions = mkdtempSync(path.join(tmpdir(), 'omni-closing-'));
afterAll(() => rmSync(definitions, { recursive: true }));

/** A tool that says when it has begun, and takes a second. */
function slowTool(begun: () => void): RegisteredTool {
  return {
    metadata: {
      name: 'nap.take',
      description: 'Takes a second',
      version: '1.0.0',
      provider: 'sofa',
      category: 'nap',
      timeout: 5000,
      retryable: true,
      requiresAuth: false,
      scopes: [],
    },
    capabilities: [],
    execute: async () => {
      begun();
      await new Promise((resolve) => setTimeout(resolve, 1000));
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
      TEMPORAL_TASK_QUEUE: `closing-${randomUUID()}`,
      OMNI_DEFINITIONS_DIR: definitions,
    }),
  });
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  await orchestrator.getToolRegistry().registerTool('nap.take', 'sofa', slowTool(begin));
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
  let settled = 0;
  for (const one of running) void one.finally(() => settled++).catch(() => undefined);
  await orchestrator.close();
  expect(settled).toBe(2);
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual(['running', 'running']);
}, 120_000);
