/** Tasks for agents over HTTP: asked for once, found, waited for, cancelled, and gone with what is kept of them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { AgentTaskRequest } from '../../src/plan/agent';
import { agentQueue } from '../../src/plan/agent';
import { NO_USAGE } from '../../src/plan/record';
import { homeOf } from '../../src/store/kept-execution-table';
import { workerCodec } from '../../src/temporal/payload-codec';
import { createKeyRing } from '../../src/encryption/key-ring';
import { HEARTBEATS } from '../../workers/engine';
import { testTemporalAddress } from '../support';
import type { Door } from './door';
import { openDoor } from './door';

const TYPE = 'engineer';
const AGENT = 'engineer-001';
const keys = createKeyRing({ keys: [Buffer.alloc(32, 'agent tasks')] });

let door: Door;
let home: string;
let worker: Worker;
let running: Promise<void>;
let connection: NativeConnection;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: {}, keys });
  const { taskQueue, store, agents } = door.harness;
  home = homeOf('default', taskQueue);
  const terms = {
    id: AGENT,
    name: 'E',
    type: TYPE,
    pool: 'default',
    priority: 'normal',
    config: {},
    metadata: {},
  } as const;
  await agents.registry.register({ ...terms, capabilities: ['double', 'linger'], maxConcurrency: 5 });
  await agents.registry.pulse(AGENT, { owner: randomUUID(), build: '1', inFlight: 0, draining: false });
  connection = await NativeConnection.connect({ address: await testTemporalAddress() });
  worker = await Worker.create({
    connection,
    taskQueue: agentQueue(TYPE, 'default', taskQueue),
    dataConverter: { payloadCodecs: [workerCodec({ keys, namespace: 'default', plaintextUntil: 0 })] },
    activities: {
      async double({ taskId, input }: AgentTaskRequest) {
        const { attempt } = Context.current().info;
        await store.agentTasks.working(home, taskId, { agentId: AGENT, pool: 'default', attempt });
        const { n } = input as { n: number };
        return { output: { n: 2 * n }, usage: { ...NO_USAGE, costUsd: 0.5 } };
      },
      linger: () =>
        new Promise((_, reject) => {
          const context = Context.current();
          const heart = setInterval(() => context.heartbeat(), 200);
          context.cancellationSignal.addEventListener('abort', () => {
            clearInterval(heart);
            reject(context.cancellationSignal.reason as Error);
          });
        }),
    },
    ...HEARTBEATS,
  });
  running = worker.run();
}, 60_000);
afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await door.close();
});

const wish = (more: object = {}) => ({
  capability: 'double',
  description: 'Twice ada@example.com',
  payload: { n: 4 },
  ...more,
});
const ended = (id: string) => door.harness.agents.tasks.wait(id, AbortSignal.timeout(20_000));

test('a task is asked for, matched, done and found again, with who did it and why', async () => {
  const asked = await door.ask('POST', '/agent-tasks', wish({ priority: 'high' }));
  expect(asked.status).toBe(202);
  const { taskId } = asked.body as { taskId: string };
  expect(asked.headers.get('location')).toBe(`/agent-tasks/${taskId}`);
  await ended(taskId);
  const { body } = await door.ask('GET', `/agent-tasks/${taskId}`);
  expect(body).toMatchObject({
    id: taskId,
    state: 'completed',
    capability: 'double',
    priority: 'high',
    agent: AGENT,
    description: 'Twice ada@example.com',
    requestedBy: 'somebody',
    attempts: 1,
    output: { n: 8 },
    usage: { costUsd: 0.5 },
    decision: { found: true, agent: TYPE, pool: 'default', reason: expect.any(String) },
  });
  const list = await door.ask('GET', `/agent-tasks?capability=double&agent=${AGENT}&limit=1`);
  expect(list.body.tasks).toHaveLength(1);
  const viewer = await door.as('ada', ['viewer']);
  const seen = await door.ask('GET', `/agent-tasks/${taskId}`, undefined, viewer);
  expect(seen.body).toMatchObject({ description: '[hidden]', output: { n: '[hidden]' } });
  expect((await door.ask('POST', '/agent-tasks', wish(), viewer)).status).toBe(403);
}, 40_000);

test('the same id and content is one task, with other content it is refused; a key does the same', async () => {
  const id = randomUUID();
  const soon = new Date(Date.now() + 60_000).toISOString();
  expect((await door.ask('POST', '/agent-tasks', wish({ id }))).status).toBe(202);
  expect(await door.ask('POST', '/agent-tasks', wish({ id, deadline: soon }))).toMatchObject({
    status: 200,
    body: { taskId: id },
  });
  expect(await door.ask('POST', '/agent-tasks', wish({ id, payload: { n: 5 } }))).toMatchObject({
    status: 409,
    body: { type: 'conflict' },
  });
  const key = { 'Idempotency-Key': randomUUID() };
  const first = await door.ask('POST', '/agent-tasks', wish(), key);
  const again = await door.ask('POST', '/agent-tasks', wish(), key);
  expect([first.status, again.status, again.body.taskId]).toEqual([202, 200, first.body.taskId]);
  expect((await door.ask('POST', '/agent-tasks', wish({ priority: 'low' }), key)).status).toBe(422);
  expect((await door.ask('POST', '/agent-tasks', wish({ deadline: '2020-01-01T00:00:00Z' }))).status).toBe(400);
  expect((await door.ask('POST', '/agent-tasks', { capability: 'no way' })).status).toBe(400);
}, 40_000);

test('a task is cancelled with words, once; what has ended otherwise is not', async () => {
  const { body } = await door.ask('POST', '/agent-tasks', wish({ capability: 'linger', type: TYPE }));
  const cancel = (id: string) => door.ask('POST', `/agent-tasks/${id}/cancel`, { reason: 'too dear' });
  expect((await cancel(body.taskId as string)).status).toBe(202);
  expect(await ended(body.taskId as string)).toMatchObject({
    state: 'canceled',
    reason: 'cancel_requested',
    cancelled: { detail: 'too dear' },
  });
  expect((await cancel(body.taskId as string)).status).toBe(202);
  const done = await door.ask('POST', '/agent-tasks', wish());
  await ended(done.body.taskId as string);
  expect((await cancel(done.body.taskId as string)).status).toBe(409);
  expect((await cancel('nobody')).status).toBe(404);
}, 40_000);

test('a task that was ended behind its back is told of as Temporal knows it', async () => {
  const { body } = await door.ask('POST', '/agent-tasks', wish({ capability: 'linger', type: TYPE }));
  await door.harness.client.workflow.getHandle(`agt-${body.taskId}`).terminate('gone');
  const { body: task } = await door.ask('GET', `/agent-tasks/${body.taskId}`);
  expect(task).toMatchObject({ state: 'failed', error: { type: 'cancelled' }, endedAt: expect.any(String) });
}, 40_000);

test('a purge takes the row along', async () => {
  const { body } = await door.ask('POST', '/agent-tasks', wish());
  await ended(body.taskId as string);
  await door.executions.purge(`agt-${body.taskId}`);
  expect((await door.ask('GET', `/agent-tasks/${body.taskId}`)).status).toBe(404);
}, 40_000);
