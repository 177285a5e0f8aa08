/** `agent` steps on a real server: tasks are workflows of their own, pulled from the queue of the agent's type. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { AgentTaskRequest } from '../../src/plan/agent';
import { agentQueue, DEFAULT_POOL } from '../../src/plan/agent';
import type { Plan, Step } from '../../src/plan/plan';
import { problemOf } from '../../src/plan/problem';
import type { ExecutionState } from '../../src/plan/record';
import { NO_USAGE, STATE_QUERY } from '../../src/plan/record';
import { listExecutions } from '../../src/executions/list';
import { literal, object, planOf } from '../interpreter/walk';
import { testTemporalAddress } from '../support';
import { testEngine } from './engine';

/** A type of its own for every run, so that no other test's worker takes the tasks. */
const TYPE = `tester-${randomUUID()}`;
const seen: { request: AgentTaskRequest; attempt: number; priority: unknown }[] = [];
const usage = { ...NO_USAGE, costUsd: 0.25 };

const ACTIVITIES = {
  review: (request: AgentTaskRequest) => {
    const { info } = Context.current();
    seen.push({ request, attempt: info.attempt, priority: info.priority?.priorityKey });
    if (info.attempt === 1) throw new Error('a slip');
    return Promise.resolve({ output: { ok: true }, usage });
  },
  refuse: () => {
    const problem = problemOf('policy', 'Not this one.');
    throw ApplicationFailure.create({
      type: 'policy',
      message: problem.detail,
      nonRetryable: true,
      details: [problem, usage],
    });
  },
  mumble: () => Promise.resolve('well'),
};

const ask = (capability: string, fields: object = {}): Step => ({
  kind: 'agent',
  name: 'ask',
  agent: TYPE,
  capability,
  priority: 'high',
  input: object({ file: literal('a.ts') }),
  output: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  retry: { maxAttempts: 2, initialIntervalMs: 10, backoff: 1, maxIntervalMs: 10 },
  ...fields,
});
const withBudget = (step: Step): Plan =>
  planOf([step], { guards: { budget: { maxCostUsd: 1 }, security: { piiRedaction: false, encryption: false } } });

let engine: Awaited<ReturnType<typeof testEngine>>;
let worker: Worker;
let running: Promise<void>;
let connection: NativeConnection;
beforeAll(async () => {
  engine = await testEngine({ providers: [] });
  connection = await NativeConnection.connect({ address: await testTemporalAddress() });
  worker = await Worker.create({
    connection,
    taskQueue: agentQueue(TYPE, DEFAULT_POOL, engine.taskQueue),
    activities: ACTIVITIES,
  });
  running = worker.run();
}, 60_000);
afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await engine.close();
});

async function outcome(plan: Plan): Promise<{ readonly id: string; readonly state: ExecutionState }> {
  const handle = await engine.start(plan);
  await handle.result().catch(() => undefined);
  return { id: handle.workflowId, state: await handle.query<ExecutionState>(STATE_QUERY) };
}

test('an agent that polls gets the task, again after a slip, and what it used is charged', async () => {
  const { id, state } = await outcome(withBudget(ask('review')));
  expect(state).toMatchObject({ status: 'completed', output: { ok: true }, usage: { costUsd: 0.25 } });
  expect(seen.map(({ attempt, priority }) => [attempt, priority])).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(seen[0]?.request).toMatchObject({
    taskId: `${id}.ask`,
    key: `${id}/ask`,
    capability: 'review',
    input: { file: 'a.ts' },
    parent: { executionId: id, depth: 1, remaining: { costUsd: 1 } },
  });
  const task = await engine.client.workflow.getHandle(`agt-${id}.ask`).describe();
  expect([task.type, task.status.name]).toEqual(['agt:task', 'COMPLETED']);
  // A task is no execution of a definition.
  const { client } = engine;
  const listed = async (): Promise<readonly string[]> =>
    (await listExecutions({ client, taskQueue: engine.taskQueue, now: Date.now }, { limit: 200 })).executions.map(
      ({ executionId }) => executionId,
    );
  while (!(await listed()).includes(id)) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await listed()).not.toContain(`agt-${id}.ask`);
}, 30_000);

test('a typed failure arrives as it is, with what was spent', async () => {
  const { state } = await outcome(withBudget(ask('refuse')));
  expect(state).toMatchObject({ status: 'failed', error: { type: 'policy', step: 'ask' }, usage: { costUsd: 0.25 } });
}, 30_000);

test('an answer of no form, or of other types than declared, is a tool-error', async () => {
  expect((await outcome(planOf([ask('mumble')]))).state.error).toMatchObject({ type: 'tool-error' });
  const strict = { output: { type: 'object', required: ['files'] } };
  expect((await outcome(planOf([ask('review', strict)]))).state.error).toMatchObject({ type: 'tool-error' });
}, 30_000);

test('where nobody polls the task fails as no-agent, and says which queue to serve', async () => {
  const nobody = `nobody-${randomUUID()}`;
  const { state } = await outcome(planOf([ask('review', { agent: nobody, onError: [{ continue: true }] })]));
  expect(state.steps).toMatchObject([
    {
      path: 'ask',
      status: 'failed',
      error: { type: 'no-agent', detail: expect.stringContaining(`agent.${nobody}.default`) },
    },
  ]);
}, 60_000);

test('a task that is started with something else is refused', async () => {
  const handle = await engine.startBare('agt:task', { hello: true });
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'validation' } });
});
