/** `concurrency` on a real server: never more at once than the limit, whoever starts them and however they end. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { Plan, Step } from '../../src/plan/plan';
import type { ExecutionState } from '../../src/plan/record';
import { STATE_QUERY } from '../../src/plan/record';
import { turnLockId } from '../../src/temporal/turn-lock';
import type { Harness } from '../support';
import { harness } from '../support';
import { expression, literal, object, planOf } from '../interpreter/walk';

const nap = (forMs: number): Step => ({ kind: 'wait', name: 'nap', forMs });
/** Plans of an id of their own, so that no two tests share a lock. */
const limited = (limit: number, fields: Partial<Plan> = {}, whenFull: 'queue' | 'refuse' = 'queue'): Plan =>
  planOf([nap(600)], { id: `t-${randomUUID().slice(0, 8)}`, concurrency: { limit, whenFull }, ...fields });

const CHILD = limited(1);
let parts: Harness;
beforeAll(async () => {
  parts = await harness({ providers: [], plans: [CHILD] });
}, 60_000);
afterAll(() => parts.close());

const stateOf = (handle: WorkflowHandle): Promise<ExecutionState> => handle.query<ExecutionState>(STATE_QUERY);

async function working(handle: WorkflowHandle): Promise<void> {
  while ((await stateOf(handle).catch(() => undefined))?.steps.length !== 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The most that were at work at one time. */
function mostAtOnce(states: readonly ExecutionState[]): number {
  const spans = states.flatMap(({ steps }) => steps.map(({ startedAt, endedAt = 0 }) => [startedAt, endedAt] as const));
  return Math.max(0, ...spans.map(([at]) => spans.filter(([from, to]) => from <= at && at < to).length));
}

async function allDone(handles: readonly WorkflowHandle[]): Promise<readonly ExecutionState[]> {
  await Promise.all(handles.map((handle) => handle.result().catch(() => undefined)));
  return Promise.all(handles.map(stateOf));
}

test('seven executions with a limit of two are never more than two at once, and all run', async () => {
  const plan = limited(2);
  const handles = await Promise.all(Array.from({ length: 7 }, () => parts.start(plan, {})));
  const states = await allDone(handles);
  expect(states.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 'completed'));
  expect(mostAtOnce(states)).toBe(2);
}, 60_000);

test('executions with different keys do not wait for each other, and equal keys do', async () => {
  const plan = limited(1, { concurrency: { key: expression('trigger.payload.who'), limit: 1, whenFull: 'queue' } });
  const states = await allDone(await Promise.all(['a', 'b', 'a'].map((who) => parts.start(plan, { who }))));
  const [a, b, c] = states.map(({ steps }) => steps[0]?.startedAt ?? 0) as [number, number, number];
  expect(Math.abs(a - c)).toBeGreaterThanOrEqual(600);
  expect(Math.min(Math.abs(a - b), Math.abs(c - b))).toBeLessThan(600);
}, 60_000);

test('the turn of an execution that is terminated goes to the next', async () => {
  const plan = limited(1, { steps: [nap(60_000)] });
  const first = await parts.start(plan, {});
  await working(first);
  const second = await parts.start(plan, {});
  await expect(stateOf(second)).resolves.toMatchObject({ status: 'running', steps: [] });
  await first.terminate();
  await working(second);
  await second.cancel();
  expect((await allDone([second]))[0]?.status).toBe('cancelled');
}, 60_000);

test('one that waits says so, can be cancelled, and then runs nothing', async () => {
  const plan = limited(1, { steps: [nap(60_000)], finally: [nap(1)] });
  const first = await parts.start(plan, {});
  await working(first);
  const second = await parts.start(plan, {});
  await new Promise((resolve) => setTimeout(resolve, 500));
  await second.cancel();
  expect(await allDone([second])).toMatchObject([{ status: 'cancelled', steps: [] }]);
  await first.terminate();
}, 60_000);

test('with refuse the others fail as conflict, and a turn that was left behind counts no more', async () => {
  const plan = limited(1, { steps: [nap(60_000)] }, 'refuse');
  const first = await parts.start(plan, {});
  await working(first);
  const [refused] = await allDone([await parts.start(plan, {})]);
  expect(refused).toMatchObject({ status: 'failed', steps: [], error: { type: 'conflict', status: 409 } });
  await first.terminate();
  const third = await parts.start(plan, {});
  await working(third);
  await third.terminate();
}, 60_000);

test('a start by Temporal’s own clients and a child wait for their turn too', async () => {
  const parent = planOf([{ kind: 'workflow', name: 'sub', workflow: CHILD.id, input: object({}), await: true }]);
  const handles = await Promise.all([
    parts.client.workflow.start(CHILD.id, {
      taskQueue: parts.taskQueue,
      workflowId: `bare-${randomUUID()}`,
      args: [{}],
    }),
    parts.start(parent, {}),
  ]);
  await Promise.all(handles.map((handle) => handle.result()));
  const child = parts.client.workflow.getHandle(`${handles[1].workflowId}.sub`);
  expect(mostAtOnce(await Promise.all([stateOf(handles[0]), stateOf(child)]))).toBe(1);
}, 60_000);

test('a key that cannot be computed fails the execution before it does anything', async () => {
  const key = expression('trigger.payload.missing + 1');
  const [state] = await allDone([
    await parts.start(limited(1, { concurrency: { key, limit: 1, whenFull: 'queue' } }), {}),
  ]);
  expect(state).toMatchObject({ status: 'failed', steps: [], error: { type: 'expression' } });
}, 30_000);

test('the lock ends when nobody holds a turn and nobody waits', async () => {
  const plan = limited(1, { concurrency: { key: literal('alone'), limit: 1, whenFull: 'queue' } });
  await allDone([await parts.start(plan, {})]);
  await parts.client.workflow.getHandle(turnLockId(plan.id, '"alone"')).result();
}, 30_000);
