/** Claims about an agent's worker, with real tasks on a real Temporal server. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { z } from 'zod';
import type { AgentType, CapabilityCall } from '../../src/agents/capability';
import { defineCapability } from '../../src/agents/capability';
import type { AgentRegistry } from '../../src/agents/registry';
import { createAgentRegistry } from '../../src/agents/registry';
import type { AgentTaskRequest } from '../../src/plan/agent';
import { agentTaskWorkflowId, ownAgentQueue } from '../../src/plan/agent';
import { NO_USAGE } from '../../src/plan/record';
import { connectWorker } from '../../src/temporal/connection';
import { ToolRegistry } from '../../src/tools/registry';
import type { AgentWorker, AgentWorkerOptions } from '../../workers/agent';
import { startAgentWorker } from '../../workers/agent';
import { testEngine } from '../integration/engine';
import { until } from '../contracts/provider';
import { testTemporalAddress } from '../support';
import { recordedTracing } from '../tracing/recorded';

const logger = pino({ level: 'silent' });
const calls: CapabilityCall[] = [];
/** Tasks under way by agent, what was most of them, and how to end them. */
const running = new Map<string, () => void>();
const most = new Map<string, number>();
const by = new Map<string, Set<string>>();

const TYPE: AgentType = {
  type: `painter-${randomUUID().slice(0, 8)}`,
  description: 'Paints.',
  capabilities: {
    paint: defineCapability({
      description: 'Paints.',
      input: z.strictObject({ colour: z.string().min(1) }),
      output: z.object({ painted: z.string() }),
      run: ({ colour }, call) => {
        calls.push(call);
        return Promise.resolve({ output: { painted: colour }, usage: { ...NO_USAGE, costUsd: 0.5 } });
      },
    }),
    /** Until the test, or its signal, ends it. */
    wait: defineCapability({
      description: 'Waits.',
      input: z.object({}),
      output: z.object({ by: z.string() }),
      async run(_, { taskId, agentId, signal }) {
        const mine = by.get(agentId) ?? new Set();
        by.set(agentId, mine.add(taskId));
        most.set(agentId, Math.max(most.get(agentId) ?? 0, mine.size));
        try {
          await new Promise<void>((resolve, reject) => {
            running.set(taskId, resolve);
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
        } finally {
          mine.delete(taskId);
          running.delete(taskId);
        }
        return { output: { by: agentId } };
      },
    }),
  },
};

let engine: Awaited<ReturnType<typeof testEngine>>;
let registry: AgentRegistry;
const agents: AgentWorker[] = [];
const connections: NativeConnection[] = [];

beforeAll(async () => {
  engine = await testEngine({ providers: [] });
  registry = createAgentRegistry(engine.store, `default ${engine.taskQueue}`);
});
afterEach(async () => {
  for (const end of running.values()) end();
  await Promise.all(agents.splice(0).map((agent) => agent.stop()));
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await engine.close();
});

async function agent(options: Partial<AgentWorkerOptions> = {}): Promise<AgentWorker> {
  // One connection takes one worker per queue.
  const place = agents.length;
  connections[place] ??= await connectWorker({ address: await testTemporalAddress(), namespace: 'default' });
  const worker = await startAgentWorker({
    type: TYPE,
    wish: {},
    connection: connections[place],
    namespace: 'default',
    taskQueue: engine.taskQueue,
    registry,
    tools: new ToolRegistry([], []),
    store: engine.store,
    owner: randomUUID(),
    build: '1.2.3',
    logger,
    beatMs: 100,
    ...options,
  });
  agents.push(worker);
  return worker;
}

function task(capability: string, input: AgentTaskRequest['input'], rest: Partial<AgentTaskRequest> = {}) {
  const taskId = randomUUID();
  const request: AgentTaskRequest = {
    taskId,
    key: `key-${taskId}`,
    agent: TYPE.type,
    capability,
    priority: 'normal',
    input,
    retry: { maxAttempts: 3, initialIntervalMs: 10, backoff: 1, maxIntervalMs: 10 },
    context: { locale: 'da' },
    parent: { executionId: taskId, depth: 1, remaining: { costUsd: 2 } },
    ...rest,
  };
  const { taskQueue } = engine;
  return engine.client.workflow.start('agt:task', {
    taskQueue,
    workflowId: agentTaskWorkflowId(taskId),
    args: [request],
  });
}

const count = (): number => running.size;
const outcome = (handle: WorkflowHandle): Promise<unknown> =>
  handle.result().catch((error: { cause?: { type?: string; message?: string } }) => error.cause);

test('a task runs the capability with all that it is promised, and tells who did it and what it cost', async () => {
  const taken: unknown[] = [];
  const { tracing, spans } = recordedTracing();
  const { id } = await agent({ onTaken: (one) => Promise.resolve(void taken.push(one)), tracing });
  const handle = await task('paint', { colour: 'blue' });
  expect(await handle.result()).toMatchObject({ output: { painted: 'blue' }, usage: { costUsd: 0.5 } });
  const [call] = calls.splice(0);
  const taskId = handle.workflowId.replace('agt-', '');
  expect(call).toMatchObject({ taskId, agentId: id, key: `key-${taskId}`, attempt: 1, context: { locale: 'da' } });
  expect(call).toMatchObject({ remaining: { costUsd: 2 }, depth: 1 });
  expect(taken).toEqual([{ taskId, agentId: id, pool: 'default', attempt: 1 }]);
  const [span] = await spans();
  expect(span?.attributes).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.id': id,
    'gen_ai.agent.name': TYPE.type,
    'omni.agent.capability': 'paint',
    'omni.usage.cost_usd': 0.5,
  });
});

test('input that does not fit is refused at once, and what the agent cannot do is said with what it can', async () => {
  await agent();
  expect(await outcome(await task('paint', { colour: '' }))).toMatchObject({
    type: 'validation',
    message: expect.stringContaining('/colour'),
  });
  expect(await outcome(await task('sing', {}))).toMatchObject({
    type: 'no-agent',
    message: expect.stringContaining('can: paint, wait.'),
  });
});

test('large values come whole and go as references that belong to the asker', async () => {
  await agent();
  const colour = 'x'.repeat(100_000);
  const executionId = randomUUID();
  const $blob = await engine.store.blobs.put(executionId, Buffer.from(colour), 'text/plain');
  const parent = { executionId, depth: 1, remaining: {} };
  const answer = (await (await task('paint', { colour: { ...$blob } }, { parent })).result()) as {
    output: { painted: { $blob: string } };
  };
  const stored = await engine.store.blobs.get(answer.output.painted.$blob, executionId);
  expect(Buffer.from(stored?.content ?? []).toString()).toBe(colour);
});

test('over both queues there are never more tasks under way than slots', async () => {
  const { id } = await agent({ wish: { concurrency: 2 } });
  const queue = ownAgentQueue(TYPE.type, id, engine.taskQueue);
  const handles = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => task('wait', {}, i % 2 === 0 ? { queue } : {})));
  for (let ended = 0; ended < handles.length; ended += 1) {
    await until(() => count() === Math.min(2, handles.length - ended));
    expect((await registry.get(id)).heard?.inFlight).toBeLessThanOrEqual(2);
    [...running.values()][0]?.();
    const before = ended + 1;
    await until(() => count() <= Math.min(2, handles.length - before));
  }
  for (const handle of handles) expect(await handle.result()).toMatchObject({ output: { by: id } });
  expect(most.get(id)).toBe(2);
});

test('a paused agent takes nothing more from its pool, ends what runs, and goes on when it is resumed', async () => {
  const { id } = await agent({ wish: { concurrency: 2 } });
  const first = await task('wait', {});
  await until(() => count() === 1);
  await registry.setStatus(id, { status: 'paused' }, { by: 'test' });
  const { heard } = await registry.get(id);
  // Two beats later it has heard of it, whatever the first one was in the middle of.
  for (let beats = 0, seen = heard?.seenAt; beats < 2; beats += 1) {
    await until(async () => (await registry.get(id)).heard?.seenAt.getTime() !== seen?.getTime());
    seen = (await registry.get(id)).heard?.seenAt;
  }
  const second = await task('wait', {});
  const free = await agent();
  await until(() => by.get(free.id)?.size === 1);
  for (const end of running.values()) end();
  expect(await first.result()).toMatchObject({ output: { by: id } });
  expect(await second.result()).toMatchObject({ output: { by: free.id } });
  await free.stop();
  const third = await task('wait', {});
  await registry.setStatus(id, { status: 'idle' }, { by: 'test' });
  await until(() => by.get(id)?.size === 1);
  for (const end of running.values()) end();
  expect(await third.result()).toMatchObject({ output: { by: id } });
});

test('an agent that stops lets tasks end within the time, and leaves the others to another agent', async () => {
  const leaving = await agent({ shutdownGraceMs: 500 });
  const handles = [await task('wait', {}), await task('wait', {})];
  await until(() => count() === 2);
  const stopped = leaving.stop();
  [...running.values()][0]?.();
  await stopped;
  expect(leaving.running()).toBe(false);
  expect((await registry.get(leaving.id)).derived).toBe('offline');
  const next = await agent({ wish: { id: `next-${TYPE.type}` } });
  await until(() => by.get(next.id)?.size === 1);
  for (const end of running.values()) end();
  const done = (await Promise.all(handles.map((handle) => handle.result()))) as { output: { by: string } }[];
  expect(done.map(({ output }) => output.by).sort()).toEqual([leaving.id, next.id].sort());
});

test('a cancelled task is told so while it runs', async () => {
  await agent();
  const handle = await task('wait', {});
  await until(() => count() === 1);
  await handle.cancel();
  await until(() => count() === 0);
  await expect(handle.result()).rejects.toThrow();
});

test('two processes are two agents: the next free id is taken, and one that is asked for by name is refused', async () => {
  const [first, second] = [await agent(), await agent()];
  expect([first.id, second.id]).toEqual([`${TYPE.type}-001`, `${TYPE.type}-002`]);
  await expect(agent({ wish: { id: first.id } })).rejects.toMatchObject({
    problem: { type: 'conflict', detail: expect.stringContaining('Another process is the agent') },
  });
  await expect(agent({ type: { ...TYPE, type: 'other' }, wish: { id: first.id } })).rejects.toThrow('is registered as');
  await first.stop();
  expect((await agent({ wish: { concurrency: 7, name: 'Paula' } })).id).toBe(first.id);
  expect(await registry.get(first.id)).toMatchObject({ maxConcurrency: 7, name: 'Paula' });
});
