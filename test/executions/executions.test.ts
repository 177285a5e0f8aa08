import { randomUUID } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compileDefinition } from '../../src/language/compile';
import type { Execution } from '../../src/executions/execution';
import { createExecutions } from '../../src/executions/executions';
import type { Executions } from '../../src/executions/executions';
import { visibilityQuery } from '../../src/executions/list';
import type { Plan } from '../../src/plan/plan';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider } from '../api/echo-tools';
import type { Harness } from '../support';
import { harness, testTemporalAddress } from '../support';

let parts: Harness;
let executions: Executions;
beforeAll(async () => {
  parts = await harness({ providers: [echoProvider()], contracts: ECHO_CONTRACTS });
  executions = at(0);
});
afterAll(() => parts.close());

/** Executions as seen by a clock that is ahead. */
const at = (aheadMs: number, taskQueue = parts.taskQueue): Executions =>
  createExecutions({
    client: parts.client,
    taskQueue,
    store: parts.store,
    now: () => Date.now() + aheadMs,
    uuid: () => randomUUID(),
  });
const planOf = (file: keyof typeof DEFINITIONS): Plan => {
  const { plan } = compileDefinition({ text: DEFINITIONS[file], file }, parts.registry);
  if (plan === undefined) throw new Error(`${file} does not compile`);
  return plan;
};
const start = async (
  file: keyof typeof DEFINITIONS,
  payload: Record<string, string | number>,
  on = executions,
): Promise<string> =>
  (await on.start({ plan: planOf(file), snapshot: { flags: {}, settings: {} }, payload, context: {} })).executionId;
const ended = async (id: string): Promise<Execution> => {
  await executions.wait(id, AbortSignal.timeout(30_000));
  return executions.describe(id);
};

describe('what Temporal shows', () => {
  test('is the definition, its version and no user data', async () => {
    const id = await start('greeter.yaml', { userId: 'canary-user', text: 'canary-text' });
    const description = await parts.client.workflow.getHandle(id).describe();
    expect(description.type).toBe('greeter');
    expect(await description.staticSummary()).toBe('Greeter 1.0.0');
    expect(description.searchAttributes['OmniVersion']).toEqual(['1.0.0']);
    expect(JSON.stringify([description.memo, description.searchAttributes, id])).not.toContain('canary');
  });
});

describe('a plan too large to travel', () => {
  test('stays behind and is loaded by the worker', async () => {
    const plan = { ...planOf('greeter.yaml'), description: 'x'.repeat(300 * 1024) };
    const { executionId } = await executions.start({
      plan,
      snapshot: { flags: {}, settings: {} },
      payload: { userId: 'u', text: 't' },
      context: {},
    });
    const { events } = await executions.history(executionId, { limit: 10 });
    expect(JSON.stringify(events[0]).length).toBeLessThan(10_000);
    await executions.cancel(executionId);
  });
});

describe('waiting', () => {
  test('ends with the signal, without an end of the execution', async () => {
    const id = await start('sleeper.yaml', { ms: 3000 });
    expect(await executions.wait(id, AbortSignal.timeout(300))).toBe(false);
    expect(await executions.wait(id, AbortSignal.abort())).toBe(false);
    expect((await ended(id)).status).toBe('completed');
  });

  test('for what there is not throws not-found', async () => {
    await expect(executions.wait('none', AbortSignal.timeout(1000))).rejects.toMatchObject({
      problem: { type: 'not-found' },
    });
  });
});

describe('an execution that was terminated', () => {
  test('says so', async () => {
    const id = await start('sleeper.yaml', { ms: 20_000 });
    await parts.client.workflow.getHandle(id).terminate();
    expect(await ended(id)).toMatchObject({ status: 'terminated', error: { type: 'cancelled' } });
  });
});

describe('the query of a list', () => {
  test('keeps every value in its quotes', () => {
    const query = visibilityQuery(`q' OR TaskQueue != '\\`, {
      limit: 1,
      workflow: `x' OR '1'='1`,
      status: 'failed',
      since: new Date(0),
    });
    expect(query).toBe(
      `TaskQueue = 'q\\' OR TaskQueue != \\'\\\\' AND ExecutionStatus IN ('Failed', 'TimedOut') AND WorkflowType = 'x\\' OR \\'1\\'=\\'1' AND StartTime >= '1970-01-01T00:00:00.000Z'`,
    );
  });

  test('finds nothing of another queue, whatever its values are', async () => {
    await start('greeter.yaml', { userId: 'u', text: 't' });
    const { executions: found } = await at(0, `none' OR TaskQueue != 'x`).list({ limit: 50 });
    expect(found).toEqual([]);
  });
});

describe('a Temporal server that does not answer', () => {
  test('is named within the time that it has, and the key of the request stays with it', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const connection = Connection.lazy({ address: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const client = new Client({ connection });
    const away = createExecutions({
      client,
      taskQueue: 'none',
      store: parts.store,
      now: () => Date.now(),
      uuid: () => randomUUID(),
      answerMs: 500,
    });
    const request = {
      plan: planOf('greeter.yaml'),
      snapshot: { flags: {}, settings: {} },
      payload: {},
      context: {},
      idempotencyKey: randomUUID(),
    };
    for (const asked of [
      () => away.start(request),
      () => away.describe('x'),
      () => away.list({ limit: 1 }),
      () => away.cancel('x'),
    ]) {
      const before = Date.now();
      await expect(asked()).rejects.toMatchObject({ problem: { type: 'provider-unavailable', status: 503 } });
      expect(Date.now() - before).toBeLessThan(3000);
    }
    await expect(away.start({ ...request, payload: { other: true } })).rejects.toMatchObject({
      problem: { type: 'conflict', status: 422 },
    });
    await connection.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

describe('a workflow task that fails over and over', () => {
  test('is an engine error with its cause', async () => {
    const taskQueue = `stuck-${randomUUID()}`;
    const { code } = await bundleWorkflowCode({
      workflowsPath: path.join(__dirname, 'stuck-workflow.ts'),
      logger: new DefaultLogger('ERROR'),
    });
    const connection = await NativeConnection.connect({ address: await testTemporalAddress() });
    const dataConverter = { payloadCodecs: parts.client.options.loadedDataConverter.payloadCodecs };
    const worker = await Worker.create({ connection, taskQueue, workflowBundle: { code }, dataConverter });
    const running = worker.run();
    try {
      const id = await start('greeter.yaml', { userId: 'u', text: 't' }, at(0, taskQueue));
      let seen: Execution = await executions.describe(id);
      for (let look = 0; look < 100 && seen.engineError === undefined; look += 1) {
        await pause(100);
        seen = await executions.describe(id);
      }
      expect(seen).toMatchObject({
        status: 'running',
        source: 'history',
        engineError: { detail: expect.stringContaining('the reel is jammed') },
      });
      expect(seen.engineError?.attempts).toBeGreaterThan(1);
      await parts.client.workflow.getHandle(id).terminate();
    } finally {
      worker.shutdown();
      await running;
      await connection.close();
    }
  });
});

describe('without a worker', () => {
  test('history tells the steps, calls and outcome of what has ended', async () => {
    const done = await start('greeter.yaml', { userId: 'u', text: 'told' });
    const failed = await start('breaker.yaml', {});
    const before = await ended(done);
    await ended(failed);
    await parts.engine.stop();
    const [fresh, other] = [await executions.describe(done), await executions.describe(failed)];
    expect(before.source).toBe('state');
    expect(fresh).toMatchObject({ source: 'history', status: 'completed', version: '1.0.0', output: before.output });
    expect(fresh.steps).toMatchObject([
      { path: 'say', kind: 'tool', status: 'completed', provider: 'echo', attempts: 1, output: { text: 'told' } },
    ]);
    expect(fresh.usage).toMatchObject({ inputTokens: 3, costUsd: 0.01 });
    expect(other).toMatchObject({
      source: 'history',
      status: 'failed',
      error: { type: 'tool-error', provider: 'echo' },
    });
    expect(other.steps).toMatchObject([{ path: 'crack', status: 'failed', error: { type: 'tool-error' } }]);
  });

  test('an execution that nobody takes up says which queue waits and how to start a worker', async () => {
    const id = await start('greeter.yaml', { userId: 'u', text: 't' });
    expect((await executions.describe(id)).engineError).toBeUndefined();
    const { engineError, status } = await at(20_000).describe(id);
    expect(status).toBe('running');
    expect(engineError?.detail).toContain(parts.taskQueue);
    expect(engineError?.detail).toContain('npm run worker -- engine');
  });
});
