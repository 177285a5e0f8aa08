/** Tasks that are matched with their agent, on a real server: who gets them, what comes when nobody is there, and how they end. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CancelledFailure, Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createInbox } from '../../src/executions/inbox';
import { queryState } from '../../src/executions/state';
import type { AgentTaskRequest, TaskTerms } from '../../src/plan/agent';
import { AGENT_TASK_TYPE, agentQueue, agentTaskWorkflowId, ownAgentQueue } from '../../src/plan/agent';
import type { AgentTaskState, MatchDecision, MatchRequest, TaskNote } from '../../src/plan/agent-task';
import { CANCEL_WORDS_SIGNAL } from '../../src/plan/agent-task';
import { ANSWER_UPDATE, NO_USAGE, STATE_QUERY } from '../../src/plan/record';
import { HEARTBEATS } from '../../workers/engine';
import { testTemporalAddress } from '../support';
import { testEngine } from './engine';

const TYPE = `tester-${randomUUID()}`;
const usage = { ...NO_USAGE, costUsd: 0.25 };
const seen: { queue: string; priority: unknown; request: AgentTaskRequest }[] = [];
const cancelled: string[] = [];

const work = (request: AgentTaskRequest) => {
  const { info } = Context.current();
  seen.push({ queue: info.taskQueue, priority: info.priority, request });
  return Promise.resolve({ output: { ok: true }, usage });
};
const ACTIVITIES = {
  review: work,
  alone: work,
  late: work,
  else: work,
  notes: work,
  linger: (request: AgentTaskRequest) =>
    new Promise((_, reject) => {
      const context = Context.current();
      seen.push({ queue: context.info.taskQueue, priority: undefined, request });
      const heart = setInterval(() => context.heartbeat(), 200);
      context.cancellationSignal.addEventListener('abort', () => {
        clearInterval(heart);
        cancelled.push(request.taskId);
        // As the workers of agents do.
        reject(new CancelledFailure('cancelled', [{ type: 'cancelled' }, usage]));
      });
    }),
};

const place = (request: MatchRequest, more: object = {}): MatchDecision => ({
  found: true,
  agent: request.agent,
  pool: 'own',
  reason: 'it is alone',
  ...more,
});
const nobody: MatchDecision = { found: false, reason: 'No agent can take it now' };
const looks = new Map<string, number>();
/** By capability. */
const MATCHES: Readonly<Record<string, (request: MatchRequest, look: number) => MatchDecision>> = {
  alone: (request) => place(request, { to: 'tester-001' }),
  late: (request, look) => (look < 3 ? nobody : place(request)),
  else: (request) => (request.agent === TYPE ? place(request) : nobody),
  by_hand: () => nobody,
  missing: () => nobody,
  unserved: (request) => place(request, { pool: 'empty' }),
};
const notes: TaskNote[] = [];

let engine: Awaited<ReturnType<typeof testEngine>>;
let connection: NativeConnection;
const workers: { worker: Worker; running: Promise<void> }[] = [];
beforeAll(async () => {
  engine = await testEngine({
    providers: [],
    agents: {
      matchAgent: (request) => {
        if (request.capability === 'notes') throw new Error('the database is away');
        const look = (looks.get(request.capability) ?? 0) + 1;
        looks.set(request.capability, look);
        return Promise.resolve(MATCHES[request.capability]?.(request, look) ?? place(request));
      },
      noteTask: (note) => {
        if (note.capability === 'notes') throw new Error('the database is away');
        notes.push(note);
        return Promise.resolve();
      },
    },
  });
  connection = await NativeConnection.connect({ address: await testTemporalAddress() });
  const { taskQueue: own } = engine;
  for (const taskQueue of [
    agentQueue(TYPE, 'own', own),
    agentQueue(TYPE, 'default', own),
    ownAgentQueue(TYPE, 'tester-001', own),
  ]) {
    const worker = await Worker.create({ connection, taskQueue, activities: ACTIVITIES, ...HEARTBEATS });
    workers.push({ worker, running: worker.run() });
  }
}, 60_000);
afterAll(async () => {
  for (const { worker } of workers) worker.shutdown();
  await Promise.all(workers.map(({ running }) => running));
  await connection.close();
  await engine.close();
});

function start(capability: string, terms: Partial<TaskTerms> = {}, fields: Partial<AgentTaskRequest> = {}) {
  const taskId = randomUUID();
  const workflowId = agentTaskWorkflowId(taskId);
  const request: AgentTaskRequest = {
    taskId,
    key: taskId,
    agent: TYPE,
    capability,
    priority: 'critical',
    input: { file: 'a.ts' },
    retry: { maxAttempts: 1, initialIntervalMs: 10, backoff: 1, maxIntervalMs: 10 },
    context: {},
    parent: { executionId: workflowId, depth: 0, remaining: {} },
    terms: { waitMs: 30_000, ...terms },
    ...fields,
  };
  return engine.client.workflow.start(AGENT_TASK_TYPE, {
    taskQueue: engine.taskQueue,
    workflowId,
    args: [request],
  });
}

const idOf = ({ workflowId }: WorkflowHandle): string => workflowId.slice('agt-'.length);
const notesOf = (handle: WorkflowHandle): readonly TaskNote[] => notes.filter(({ taskId }) => taskId === idOf(handle));
const stateOf = (handle: WorkflowHandle): Promise<AgentTaskState> => handle.query<AgentTaskState>(STATE_QUERY);
async function until(reached: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 50));
}
const refusal = (handle: WorkflowHandle): Promise<unknown> =>
  handle.result().then(
    () => undefined,
    (error: Error) => error.cause,
  );

test('a task goes to the pool that was chosen, by its priority and for its tenant, and says why', async () => {
  const handle = await start('review', { tenant: 'acme', description: 'Look at it' });
  expect(await handle.result()).toEqual({ output: { ok: true }, usage });
  const [one] = seen.filter(({ request }) => request.taskId === idOf(handle));
  expect(one).toMatchObject({
    queue: agentQueue(TYPE, 'own', engine.taskQueue),
    priority: { priorityKey: 1, fairnessKey: expect.not.stringContaining('acme') },
  });
  expect(await stateOf(handle)).toMatchObject({ state: 'completed', decision: { reason: 'it is alone' } });
  expect(notesOf(handle)).toMatchObject([
    { state: 'submitted', decision: { found: true, pool: 'own' }, description: 'Look at it' },
    { state: 'completed', end: { usage } },
  ]);
  const { typedSearchAttributes } = await handle.describe();
  expect(JSON.stringify(typedSearchAttributes)).toContain('completed');
  // Nobody takes it for an execution of a definition.
  expect(await queryState(engine.client, handle.workflowId)).toBeUndefined();
}, 30_000);

test('what is for one agent alone goes to its own queue', async () => {
  const handle = await start('alone', { to: 'tester-001' });
  await handle.result();
  const [one] = seen.filter(({ request }) => request.taskId === idOf(handle));
  expect(one?.queue).toBe(ownAgentQueue(TYPE, 'tester-001', engine.taskQueue));
}, 30_000);

test('where nobody is there it looks again until somebody is', async () => {
  const handle = await start('late');
  expect(await handle.result()).toMatchObject({ output: { ok: true } });
  expect(looks.get('late')).toBe(3);
  expect(notesOf(handle).map(({ state, decision }) => [state, decision?.found])).toEqual([
    ['submitted', false],
    ['submitted', true],
    ['completed', undefined],
  ]);
}, 30_000);

test('when its patience is over another type gets it', async () => {
  const handle = await start('else', { waitMs: 200, otherwise: { agent: TYPE } }, { agent: 'nobody' });
  expect(await handle.result()).toMatchObject({ output: { ok: true } });
}, 30_000);

test('or people, in the inbox of everything else that people are asked', async () => {
  const output = { type: 'object', properties: { fine: { type: 'boolean' } }, required: ['fine'] } as const;
  const handle = await start('by_hand', { waitMs: 100, otherwise: { human: ['lead'] } }, { output });
  await until(async () => (await stateOf(handle)).state === 'input_required');
  const inbox = createInbox({ client: engine.client, taskQueue: engine.taskQueue });
  const find = async () =>
    (await inbox.list({ role: 'lead' })).tasks.find(({ executionId }) =>
      executionId.startsWith(`${handle.workflowId}.`),
    );
  await until(async () => (await find()) !== undefined);
  const task = await find();
  expect(task).toMatchObject({ roles: ['lead'], form: output, status: 'open' });
  const asks = engine.client.workflow.getHandle(task?.executionId ?? '');
  await asks.executeUpdate(ANSWER_UPDATE, {
    args: [{ path: task?.path, data: { fine: true }, by: 'ada', roles: ['lead'] }],
  });
  expect(await handle.result()).toMatchObject({ output: { fine: true } });
  expect(notesOf(handle).map(({ state, reason }) => [state, reason])).toEqual([
    ['submitted', undefined],
    ['input_required', 'no_agent_available'],
    ['completed', undefined],
  ]);
}, 30_000);

test('or it is rejected as no-agent, with what was in the way', async () => {
  const handle = await start('missing', { waitMs: 100 });
  expect(await refusal(handle)).toMatchObject({
    type: 'no-agent',
    message: expect.stringContaining('No agent can take it now'),
  });
  expect(notesOf(handle).at(-1)).toMatchObject({
    state: 'rejected',
    reason: 'no_agent_available',
    end: { errorType: 'no-agent' },
  });
}, 30_000);

test('a pool that nobody serves is no answer either', async () => {
  const handle = await start('unserved', { waitMs: 100 });
  expect(await refusal(handle)).toMatchObject({
    type: 'no-agent',
    message: expect.stringContaining(`agent.${TYPE}.empty`),
  });
}, 30_000);

test('a deadline cancels the work and fails the task as timeout', async () => {
  const handle = await start('linger', { deadlineAt: Date.now() + 1_500 });
  expect(await refusal(handle)).toMatchObject({ type: 'timeout' });
  expect(notesOf(handle).at(-1)).toMatchObject({ state: 'failed', reason: 'deadline_exceeded', end: { usage } });
  await until(() => cancelled.includes(idOf(handle)));
}, 30_000);

test('whoever cancels it says why', async () => {
  const handle = await start('linger');
  await until(() => seen.some(({ request }) => request.taskId === idOf(handle)));
  await handle.signal(CANCEL_WORDS_SIGNAL, 'not wanted any more');
  await handle.cancel();
  await refusal(handle);
  expect(await stateOf(handle)).toMatchObject({ state: 'canceled', words: 'not wanted any more' });
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  expect(notesOf(handle).at(-1)).toMatchObject({ state: 'canceled', reason: 'cancel_requested', end: { usage } });
  await until(() => cancelled.includes(idOf(handle)));
}, 30_000);

test('a database that is away neither fails nor holds up a task', async () => {
  const handle = await start('notes');
  expect(await handle.result()).toMatchObject({ output: { ok: true } });
  expect(await stateOf(handle)).toMatchObject({
    state: 'completed',
    decision: { pool: 'default', reason: 'The registry of agents does not answer' },
  });
}, 30_000);
