/** A model works on a task on a real server: its questions go to the agent's own worker, its calls to the engine's. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createCallTool } from '../../activities/call-tool';
import { createInbox } from '../../src/executions/inbox';
import { agentQueue, DEFAULT_POOL } from '../../src/plan/agent';
import type { TaskNote } from '../../src/plan/agent-task';
import { isBlobReference } from '../../src/plan/blob';
import type { Json, JsonObject } from '../../src/plan/json';
import { OmniError } from '../../src/plan/problem';
import type { AnswerArgument, ExecutionState } from '../../src/plan/record';
import { ANSWER_UPDATE, STATE_QUERY } from '../../src/plan/record';
import type { Store } from '../../src/store/store';
import { ToolRegistry } from '../../src/tools/registry';
import { agentStep, APPROVAL, call, loopTool } from '../interpreter/loop-ground';
import { candidate, planOf, tool } from '../interpreter/walk';
import { testStore, testTemporalAddress } from '../support';
import { anyContract, provider, testEngine } from './engine';

const TYPE = `engineer-${randomUUID()}`;
const TASK_QUEUE = `test-${randomUUID()}`;
const LARGE = 'y'.repeat(100_000);
const asked: JsonObject[] = [];
const paid: JsonObject[] = [];
const notes: TaskNote[] = [];
/** Turn by turn; a turn that is asked for again gets the same answer. */
const SCRIPT: readonly JsonObject[] = [
  { say: 'I look.', calls: [call('look'), call('wire')] },
  { calls: [call('pay', { n: 5 })] },
  { answer: 'paid' },
];

const OTHER = `tester-${randomUUID()}`;
const HANDED: readonly JsonObject[] = [{ handoff: { to: OTHER, why: 'Test it.' } }, { answer: 'tested' }];

const model = provider('model', (input) => {
  const { system } = input as { readonly system: string };
  if (system.includes('Goal: Hand it on.'))
    return Promise.resolve(HANDED[((input as { readonly history?: readonly Json[] }).history ?? []).length / 2]);
  asked.push(input);
  const { history } = input as { readonly history?: readonly Json[] };
  return Promise.resolve(SCRIPT[(history ?? []).length / 2]);
});
const contracts = [anyContract('llm.object'), anyContract('test.look'), anyContract('test.pay')];
const calls = {
  name: 'first',
  title: 'First',
  variables: [],
  tools: {
    'test.look': () => Promise.resolve({ output: { text: LARGE } }),
    'test.pay': (input: never) => {
      paid.push(input);
      return Promise.resolve({ output: { ok: true } });
    },
  },
};
const thinks = { ...model, tools: { 'llm.object': model.tools['test.echo'] } } as typeof model;
const plan = planOf([
  {
    ...agentStep('ask', {
      think: tool('think', { tool: 'llm.object', idempotent: 'natural', chain: [candidate('model')] }),
      tools: { look: loopTool('look'), pay: loopTool('pay', { approval: { ...APPROVAL, timeoutMs: 3_600_000 } }) },
    }),
    agent: TYPE,
  } as ReturnType<typeof agentStep>,
]);

type Engine = Awaited<ReturnType<typeof testEngine>>;
let engine: Engine;
const workers: { readonly worker: Worker; readonly running: Promise<void> }[] = [];
let connection: NativeConnection;
let store: Store;

/** Without the model: only the agent's worker has its credentials. */
const startEngine = (): Promise<Engine> =>
  testEngine({
    providers: [calls],
    contracts,
    taskQueue: TASK_QUEUE,
    agents: {
      matchAgent: ({ agent }) =>
        Promise.resolve({ found: true, agent, pool: agent === OTHER ? 'fast' : DEFAULT_POOL, reason: 'it is there' }),
      noteTask: (note) => {
        notes.push(note);
        return Promise.resolve();
      },
    },
  });

beforeAll(async () => {
  engine = await startEngine();
  connection = await NativeConnection.connect({ address: await testTemporalAddress() });
  store = await testStore();
  const logger = pino({ level: 'silent' });
  const think = createCallTool({ registry: new ToolRegistry(contracts, [thinks]), blobs: store.blobs, logger });
  for (const taskQueue of [agentQueue(TYPE, DEFAULT_POOL, TASK_QUEUE), agentQueue(OTHER, 'fast', TASK_QUEUE)]) {
    const worker = await Worker.create({ connection, taskQueue, activities: { default: think } });
    workers.push({ worker, running: worker.run() });
  }
}, 60_000);
afterAll(async () => {
  for (const { worker } of workers) worker.shutdown();
  await Promise.all(workers.map(({ running }) => running));
  await connection.close();
  await store.close();
  await engine.close();
});

async function reached(handle: WorkflowHandle, path: string): Promise<ExecutionState> {
  for (;;) {
    const state = await handle.query<ExecutionState>(STATE_QUERY).catch(() => undefined);
    // Until the model begins, the task tells of itself in another shape.
    if (state !== undefined && 'steps' in state && state.steps.some((one) => one.path === path)) return state;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What was noted, each once: a replay after a lost answer may note again. */
function standingOf(all: readonly TaskNote[]) {
  const told = all.flatMap(({ state, approvals, end }) => (end === undefined ? [[state, approvals] as const] : []));
  return { told, ended: all.find(({ end }) => end !== undefined) };
}

/** A worker that has just begun may be slow to answer. */
async function told<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      if (!(thrown instanceof OmniError) || thrown.problem.type !== 'provider-unavailable') throw thrown;
    }
  }
}

test('its turns are on record, and an approval waits while the engine is started anew', async () => {
  const handle = await engine.start(plan);
  const path = 'loop.t2.1.approval';
  const id = `agt-${handle.workflowId}.ask`;
  await reached(engine.client.workflow.getHandle(id), path);
  await engine.close();
  engine = await startEngine();

  const { client } = engine;
  const task = client.workflow.getHandle(id);
  const inbox = createInbox({ client, taskQueue: TASK_QUEUE });
  expect(await reached(task, path)).toMatchObject({ status: 'running', state: 'input_required' });
  const open = await told(() => inbox.get(Buffer.from(`${id}\n${path}`).toString('base64url')));
  expect(open).toMatchObject({
    status: 'open',
    roles: ['reviewer'],
    description: expect.stringContaining('may call pay'),
    call: { tool: 'pay', arguments: { n: 5 } },
    form: { required: ['approve'] },
  });
  expect(paid).toEqual([]);
  const answer = { path, data: { approve: true }, by: 'ada', roles: ['reviewer'] };
  await task.executeUpdate<void, [AnswerArgument]>(ANSWER_UPDATE, { args: [answer] });
  expect(await client.workflow.getHandle(handle.workflowId).result()).toBe('paid');
  expect(paid).toEqual([{ n: 5 }]);

  const state = await task.query<ExecutionState>(STATE_QUERY);
  expect(state).toMatchObject({ state: 'completed', decision: { found: true } });
  const { ended, told: standing } = standingOf(notes.filter(({ taskId }) => `agt-${taskId}` === id));
  expect(standing).toEqual([
    ['working', undefined],
    ['input_required', { asked: 1, given: 0 }],
    ['working', { asked: 1, given: 1 }],
  ]);
  expect(ended).toMatchObject({ state: 'completed', approvals: { asked: 1, given: 1 } });
  expect(state.steps.map((one) => [one.path, one.status])).toEqual([
    ['loop', 'completed'],
    ['loop.t1', 'completed'],
    ['loop.t1.1', 'completed'],
    ['loop.t1.2', 'failed'],
    ['loop.t2', 'completed'],
    ['loop.t2.1.approval', 'completed'],
    ['loop.t2.1', 'completed'],
    ['loop.t3', 'completed'],
  ]);
  // The model was told of the refusal, and that a large value is stored; it has seen its own earlier turns.
  expect(asked).toHaveLength(3);
  const [, second, third] = asked as unknown as readonly {
    readonly prompt: string;
    readonly history: readonly Json[];
  }[];
  expect(second?.prompt).toContain('There is no tool');
  expect(second?.prompt).toContain('$blob');
  expect(third?.history).toHaveLength(4);
  // What the task has stored, the execution that asked for it can read.
  const { output } = state.steps.find((one) => one.path === 'loop.t1.1') ?? {};
  const text = (output as { readonly text: Json }).text;
  if (!isBlobReference(text)) throw new Error('It is not stored.');
  const blob = await engine.store.blobs.get(text.$blob, handle.workflowId);
  expect(Buffer.from(blob?.content ?? []).toString()).toBe(LARGE);
}, 60_000);

test('a handoff is matched as a new task is, and goes on where the decision says', async () => {
  const step = {
    ...agentStep('ask', {
      goal: 'Hand it on.',
      think: tool('think', { tool: 'llm.object', idempotent: 'natural', chain: [candidate('model')] }),
      handoff: [OTHER],
    }),
    agent: TYPE,
  } as ReturnType<typeof agentStep>;
  const handle = await engine.start(planOf([step]));
  // Nobody polls the default pool of the other type.
  expect(await handle.result()).toBe('tested');
  const decisions = notes.flatMap(({ taskId, state, decision }) =>
    taskId === `${handle.workflowId}.ask` && decision?.found === true ? [[state, decision.agent, decision.pool]] : [],
  );
  expect(decisions).toEqual([
    ['working', TYPE, DEFAULT_POOL],
    ['working', OTHER, 'fast'],
  ]);
}, 60_000);
