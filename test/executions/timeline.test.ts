import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { Execution, TimelineStep } from '../../src/executions/execution';
import type { Executions } from '../../src/executions/executions';
import { createExecutions } from '../../src/executions/executions';
import type { Step, ToolStep, WaitForStep } from '../../src/plan/plan';
import { ECHO_CONTRACTS, echoProvider } from '../api/echo-tools';
import { candidate, literal, object, planOf, tool } from '../interpreter/walk';
import type { Harness } from '../support';
import { harness } from '../support';

const say = (name: string, fields: Partial<ToolStep> = {}): ToolStep =>
  tool(name, {
    tool: 'echo.say',
    idempotent: 'natural',
    chain: [{ ...candidate('echo'), timeoutMs: 20_000 }],
    input: object({ text: literal(name) }),
    ...fields,
  });
const waitFor = (name: string, fields: Partial<WaitForStep> = {}): WaitForStep => ({
  kind: 'waitFor',
  name,
  signal: name,
  from: [],
  form: {},
  reminders: [],
  ...fields,
});

const child = planOf([say('greet')], { id: 'timeline-child' });
let parts: Harness;
let executions: Executions;
beforeAll(async () => {
  parts = await harness({ providers: [echoProvider()], contracts: ECHO_CONTRACTS, plans: [child] });
  const { client, taskQueue, store } = parts;
  executions = createExecutions({ client, taskQueue, store, now: () => Date.now(), uuid: () => randomUUID() });
});
afterAll(() => parts.close());

const start = (steps: readonly Step[], rest = {}): Promise<WorkflowHandle> => parts.start(planOf(steps, rest), {});
const byPath = ({ steps }: Execution): Record<string, TimelineStep> =>
  Object.fromEntries(steps.map((step) => [step.path, step]));

async function until({ workflowId }: WorkflowHandle, settled: (execution: Execution) => boolean): Promise<Execution> {
  for (let look = 0; look < 100; look += 1) {
    const execution = await executions.describe(workflowId);
    if (settled(execution)) return execution;
    await pause(100);
  }
  throw new Error('it never got there');
}

test('steps in loops say their round, and a loop its newest one', async () => {
  const each: Step = {
    kind: 'forEach',
    name: 'each',
    list: '[1, 2, 3]',
    as: 'item',
    concurrency: 3,
    join: 'all',
    onItemError: 'fail',
    steps: [say('note'), waitFor('ask')],
  };
  const handle = await start([each]);
  const asking = await until(handle, ({ steps }) => steps.filter(({ name }) => name === 'ask').length === 3);
  const steps = byPath(asking);
  expect(steps['each']).toMatchObject({ kind: 'forEach', status: 'running', round: 2 });
  expect(steps['each[1].note']).toMatchObject({ round: 1, status: 'completed' });
  expect(steps['each[2].ask']).toMatchObject({ round: 2, task: { status: 'open', signal: 'ask', roles: [] } });
  expect(steps['each[2].ask']?.phase).toBeUndefined();
  const id = steps['each[2].ask']?.task?.id ?? '';
  expect(await executions.task(id)).toMatchObject({ path: 'each[2].ask', executionId: handle.workflowId });
  await handle.terminate();
});

test('time that is waited for people and for a moment is waiting, not running', async () => {
  const handle = await start([
    { kind: 'wait', name: 'pause', forMs: 400 },
    waitFor('ask', {
      from: ['boss'],
      timeoutMs: 2_500,
      reminders: [{ afterMs: 200, to: [], steps: [say('nudge')] }],
      onTimeout: [{ steps: [say('mend')] }],
    }),
  ]);
  await handle.result();
  const execution = await executions.describe(handle.workflowId);
  const { pause: paused, ask, 'ask.onError.mend': mend } = byPath(execution);
  expect(paused).toMatchObject({ kind: 'wait', runMs: 0 });
  expect(paused?.waitMs).toBeGreaterThanOrEqual(400);
  expect(ask).toMatchObject({ runMs: 0, status: 'failed', task: { status: 'closed', roles: ['boss'], reminded: 1 } });
  expect(ask?.waitMs).toBeGreaterThanOrEqual(2_500);
  expect(mend).toMatchObject({ phase: 'handler', status: 'completed' });
});

test('a child execution is named, and found under its name', async () => {
  const step: Step = { kind: 'workflow', name: 'call', workflow: child.id, input: object({}), await: true };
  const handle = await start([step]);
  await handle.result();
  const { call } = byPath(await executions.describe(handle.workflowId));
  expect(call?.childExecutionId).toBe(`${handle.workflowId}.call`);
  expect(await executions.describe(call?.childExecutionId ?? '')).toMatchObject({
    workflow: child.id,
    status: 'completed',
    steps: [{ path: 'greet' }],
  });
});

test('compensations and finally are shown as such, and what they spent apart from the rest', async () => {
  const undo = say('compensate');
  const handle = await start([say('book', { compensate: undo }), { kind: 'fail', name: 'stop', type: 'app/stopped' }], {
    finally: [say('sweep')],
  });
  await handle.result().catch(() => undefined);
  const execution = await executions.describe(handle.workflowId);
  expect(execution).toMatchObject({
    status: 'failed',
    usage: { inputTokens: 3, costUsd: 0.01 },
    endUsage: { inputTokens: 6, costUsd: 0.02 },
  });
  expect(execution.steps.map(({ path, phase }) => [path, phase])).toEqual([
    ['book', undefined],
    ['stop', undefined],
    ['book.compensate', 'compensation'],
    ['finally.sweep', 'finally'],
  ]);
});
