/** The engine's worker is killed with `kill -9` while a person is asked, and again in the middle of the call that was agreed to. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createCallTool } from '../../activities/call-tool';
import { agentQueue, DEFAULT_POOL } from '../../src/plan/agent';
import type { JsonObject } from '../../src/plan/json';
import type { AnswerArgument, ExecutionState } from '../../src/plan/record';
import { ANSWER_UPDATE, STATE_QUERY } from '../../src/plan/record';
import type { Store } from '../../src/store/store';
import type { TemporalClient } from '../../src/temporal/connection';
import { connect } from '../../src/temporal/connection';
import { workerCodec } from '../../src/temporal/payload-codec';
import { ToolRegistry } from '../../src/tools/registry';
import { workerEncryption } from '../../workers/encryption';
import { anyContract, provider } from '../integration/engine';
import { APPROVAL, call, loopTool, orderFor, requestFor } from '../interpreter/loop-ground';
import { candidate, tool } from '../interpreter/walk';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import { quiet, testCodec, testStore, testTemporalAddress } from '../support';
import { build, startWorker, stubEnvironment } from './worker';

const TASK_QUEUE = `faults-${randomUUID()}`;
const APPLES: JsonObject = { text: 'three apples', sourceLanguage: 'en', targetLanguage: 'pt' };
const SCRIPT: readonly JsonObject[] = [{ calls: [call('translate', APPLES)] }, { answer: 'done' }];
const ORDER = orderFor({
  think: tool('think', {
    tool: 'llm.object',
    idempotent: 'natural',
    chain: [{ ...candidate('model'), timeoutMs: 30_000 }],
  }),
  tools: {
    translate: loopTool('translate', {
      input: { type: 'object' },
      step: tool('unused', {
        tool: 'mt.translate',
        idempotent: 'natural',
        chain: [{ ...candidate('openrouter'), timeoutMs: 60_000 }],
        retry: [{ maxAttempts: 3, initialIntervalMs: 100, backoff: 1, maxIntervalMs: 100 }],
      }),
      approval: { ...APPROVAL, timeoutMs: 3_600_000 },
    }),
  },
});

const definitions = mkdtempSync(path.join(tmpdir(), 'omni-faults-'));
const nothing = 'name: Nothing\nversion: 1.0.0\nsteps:\n  - name: done\n    return: 1\n';
writeFileSync(path.join(definitions, 'nothing.yaml'), nothing);

let thoughts = 0;
const says = provider('model', ({ history = [] }) => {
  thoughts += 1;
  return Promise.resolve(SCRIPT[(history as readonly unknown[]).length / 2]);
});

let stub: Stub;
let temporal: TemporalClient;
let store: Store;
let connection: NativeConnection;
let agent: Worker;
let running: Promise<void>;
let environment: Record<string, string>;

beforeAll(async () => {
  build();
  stub = await startOpenAiStub({ key: 'stub-key' });
  const address = await testTemporalAddress();
  const { keys, codec } = testCodec();
  temporal = await connect({ address, namespace: 'default', codec });
  store = await testStore(keys);
  environment = await stubEnvironment({ taskQueue: TASK_QUEUE, definitions, stub });
  connection = await NativeConnection.connect({ address });
  const registry = new ToolRegistry(
    [anyContract('llm.object')],
    [{ ...says, tools: { 'llm.object': says.tools['test.echo'] } } as typeof says],
  );
  agent = await Worker.create({
    connection,
    taskQueue: agentQueue('engineer', DEFAULT_POOL, TASK_QUEUE),
    activities: { default: createCallTool({ registry, blobs: store.blobs, logger: quiet }) },
    ...workerEncryption({ codec: workerCodec({ keys, namespace: 'default', plaintextUntil: 0 }), logger: quiet }),
  });
  running = agent.run();
}, 240_000);
afterAll(async () => {
  agent.shutdown();
  await running;
  await connection.close();
  await temporal.close();
  await store.close();
  await stub.close();
  rmSync(definitions, { recursive: true });
});

async function reached(handle: WorkflowHandle, at: string): Promise<void> {
  for (;;) {
    const state = await handle.query<ExecutionState>(STATE_QUERY).catch(() => undefined);
    if (state?.steps.some((one) => one.path === at) === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('what was agreed to is done once and thought once, although its workers are lost', async () => {
  const first = await startWorker(environment);
  const id = `agt-${randomUUID()}`;
  const handle = await temporal.client.workflow.start('agt:task', {
    taskQueue: TASK_QUEUE,
    workflowId: id,
    args: [requestFor({ loop: ORDER })],
  });
  const at = 'loop.t1.1.approval';
  await reached(handle, at);
  await first.kill();

  const second = await startWorker(environment);
  const answer = { path: at, data: { approve: true }, by: 'ada', roles: ['reviewer'] };
  stub.next({ kind: 'hang' });
  await handle.executeUpdate<void, [AnswerArgument]>(ANSWER_UPDATE, { args: [answer] });
  while (stub.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await second.kill();

  const third = await startWorker(environment);
  expect(await handle.result()).toMatchObject({ output: 'done' });
  const state = await handle.query<ExecutionState>(STATE_QUERY);
  expect(state.steps.map(({ path: where, status }) => [where, status])).toEqual([
    ['loop', 'completed'],
    ['loop.t1', 'completed'],
    ['loop.t1.1.approval', 'completed'],
    ['loop.t1.1', 'completed'],
    ['loop.t2', 'completed'],
  ]);
  // The lost attempt and the one after it, under one key; the turns were asked for once each.
  const keys = stub.calls.map(({ idempotencyKey }) => idempotencyKey);
  expect([keys.length, new Set(keys).size, thoughts]).toEqual([2, 1, 2]);
  await third.stop();
}, 180_000);
