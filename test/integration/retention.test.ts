/** Deleting executions on a real server: everything that is kept of one goes, in its time, and nothing of another. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Executions } from '../../src/executions/executions';
import { createExecutions } from '../../src/executions/executions';
import type { RetentionDependencies } from '../../src/executions/retention';
import { scan, sweep } from '../../src/executions/retention';
import type { Plan, Step } from '../../src/plan/plan';
import { homeOf } from '../../src/store/kept-execution-table';
import { candidate, expression, object, planOf, tool } from '../interpreter/walk';
import { quiet, testVariantPath } from '../support';
import { provider, testEngine } from './engine';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A text that is stored as a value; different for each execution. */
const giving = provider('giving', ({ text }) =>
  Promise.resolve({ text: `${JSON.stringify(text)} ${'x'.repeat(100_000)}` }),
);
const give = (name: string): Step =>
  tool(name, { chain: [candidate('giving')], input: object({ text: expression('trigger.payload.text') }) });
const keeping = (id: string, steps: readonly Step[], dataRetentionMs?: number): Plan =>
  planOf(steps, {
    id,
    output: expression('steps.give.output.text'),
    guards: {
      budget: {},
      security: {
        piiRedaction: false,
        encryption: false,
        ...(dataRetentionMs === undefined ? {} : { dataRetentionMs }),
      },
    },
  });
const sub = (workflow: string, wait = true): Step => ({
  kind: 'workflow',
  name: 'sub',
  workflow,
  input: object({ text: expression('trigger.payload.text') }),
  await: wait,
});
const nap: Step = { kind: 'wait', name: 'nap', forMs: 600_000 };

const PLANS: Readonly<Record<string, Plan>> = {
  child: keeping('child', [give('give')]),
  brief: keeping('brief', [give('give')], MINUTE_MS),
  lasting: keeping('lasting', [give('give'), nap]),
};

let engine: Awaited<ReturnType<typeof testEngine>>;
let executions: Executions;
beforeAll(async () => {
  const bundlePath = await testVariantPath('continuing');
  engine = await testEngine({ providers: [giving], plans: PLANS, bundlePath });
  executions = createExecutions({ ...engine, now: () => Date.now(), uuid: () => randomUUID() });
}, 60_000);
afterAll(async () => {
  await engine.close();
});

/** The sweep as it goes later. */
const later = (aheadMs: number): RetentionDependencies => ({
  ...engine,
  defaultKeepMs: 90 * DAY_MS,
  logger: quiet,
  now: () => Date.now() + aheadMs,
});
const swept = (aheadMs: number): Promise<number> => sweep(later(aheadMs), AbortSignal.timeout(60_000));
const home = (): string => homeOf('default', engine.taskQueue);

async function run(plan: Plan, idempotencyKey?: string): Promise<string> {
  const { executionId } = await executions.start({
    plan,
    snapshot: { flags: {}, settings: {} },
    payload: { text: randomUUID() },
    context: {},
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
  expect(await executions.wait(executionId, AbortSignal.timeout(30_000))).toBe(true);
  return executionId;
}

async function valueOf(executionId: string): Promise<string> {
  type Answer = { readonly $blob: string; readonly output?: { readonly $blob: string } };
  const answer = (await engine.client.workflow.getHandle(executionId).result()) as Answer;
  return (answer.output ?? answer).$blob;
}
const is = async (executionId: string): Promise<boolean> =>
  executions.describe(executionId).then(
    () => true,
    (error: { problem?: { type?: string } }) => {
      expect(error.problem?.type).toBe('not-found');
      return false;
    },
  );

const purgedFirst: string[] = [];

test('a purge takes all runs, what was started, stored values and keys; a rerun keeps what it took over', async () => {
  const key = randomUUID();
  const plan = keeping('parent', [give('give'), give('again'), sub('child'), give('last')]);
  const id = await run(plan, key);
  const hash = await valueOf(id);
  const rerun = (await executions.rerun(id, { from: 'last' })).executionId;
  await executions.wait(rerun, AbortSignal.timeout(30_000));

  const purged = await executions.purge(id);
  expect(purged).toMatchObject({ executions: 2, keys: 1 });
  expect(purged.runs).toBeGreaterThan(3);
  expect(purged.values).toBeGreaterThan(0);
  expect([await is(id), await is(`${id}.sub`)]).toEqual([false, false]);
  const found = { problem: { type: 'not-found', detail: expect.stringMatching(`${id} was deleted at 20`) } };
  await expect(executions.describe(id)).rejects.toMatchObject(found);
  await expect(executions.rerun(id, {})).rejects.toMatchObject(found);
  await expect(executions.purge(id)).rejects.toMatchObject(found);
  expect(await engine.store.blobs.get(hash, id)).toBeUndefined();
  const claim = { scope: plan.id, key, requestHash: 'another', executionId: 'another' };
  expect(await engine.store.idempotency.claim(claim)).toMatchObject({ outcome: 'fresh' });
  purgedFirst.push(id);

  expect((await executions.blob(rerun, hash)).content.byteLength).toBeGreaterThan(100_000);
  const next = (await executions.rerun(rerun, { from: 'again' })).executionId;
  await executions.wait(next, AbortSignal.timeout(30_000));
  expect(await executions.describe(next)).toMatchObject({ status: 'completed' });
}, 60_000);

test('a sweep deletes what is due however it was started, once, and leaves the rest', async () => {
  const brief = PLANS['brief'] as Plan;
  const asked = await Promise.all([run(brief), run(brief), run(brief)]);
  const bare = await engine.startBare('brief', { text: 'from the command line' });
  await bare.result();
  // Started with a plan, and nobody wrote it down.
  const unnoted = await engine.start(brief, { text: 'while the database was away' });
  await unnoted.result();
  const usual = await run(PLANS['child'] as Plan);
  const due = [...asked, bare.workflowId, unnoted.workflowId];
  await eventually(async () => {
    await scan(later(0), AbortSignal.timeout(60_000), 0);
    return (await engine.store.kept.unknown(home(), due)).length === 0;
  });

  expect(await swept(0)).toBe(0);
  const counts = await Promise.all([swept(2 * MINUTE_MS), swept(2 * MINUTE_MS), swept(2 * MINUTE_MS)]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(due.length);
  expect(await Promise.all(due.map(is))).toEqual(due.map(() => false));
  expect(await is(usual)).toBe(true);
  await swept(91 * DAY_MS);
  expect(await is(usual)).toBe(false);
}, 60_000);

test('what a killed process had claimed, or had begun to delete, another one deletes', async () => {
  const twice = keeping('twice', [give('give'), give('again'), give('last')], MINUTE_MS);
  const ids = await Promise.all([run(twice), run(twice)]);
  const [first = ''] = ids;
  const now = Date.now() + 2 * MINUTE_MS;
  const claim = { now, dueMs: now, defaultKeepMs: 90 * DAY_MS, claimMs: 5 * MINUTE_MS, limit: 10 };
  expect((await engine.store.kept.claim(home(), claim)).map(({ executionId }) => executionId).sort()).toEqual(
    [...ids].sort(),
  );
  const { firstRunId, runId } = await runIdsOf(first);
  expect(firstRunId).not.toBe(runId);
  await engine.store.kept.removeRows(home(), first);
  await engine.client.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: first, runId: firstRunId },
  });

  expect(await swept(2 * MINUTE_MS)).toBe(0);
  expect(await is(first)).toBe(true);
  expect(await swept(8 * MINUTE_MS)).toBe(2);
  expect(await Promise.all(ids.map(is))).toEqual([false, false]);
}, 60_000);

test('nothing is deleted that runs, nor what started something that runs', async () => {
  const waiting = await executions.start({
    plan: keeping('asking', [give('give'), nap], 1),
    snapshot: { flags: {}, settings: {} },
    payload: { text: 'a' },
    context: {},
  });
  const parent = await run(keeping('leaving', [give('give'), sub('lasting', false)], 1));
  for (const id of [waiting.executionId, parent])
    await expect(executions.purge(id)).rejects.toMatchObject({
      problem: { type: 'conflict', status: 409, detail: expect.stringContaining('still runs') },
    });
  expect(await swept(1_000)).toBe(0);
  expect(await executions.purgeMany({ ids: [parent, 'nobody-there'], dryRun: false })).toMatchObject({
    purged: 0,
    running: 1,
    unknown: 1,
  });
  for (const id of [waiting.executionId, `${parent}.sub`]) {
    await executions.terminate(id);
    await executions.wait(id, AbortSignal.timeout(30_000));
  }
  expect(await swept(10_000)).toBe(2);
  expect(await Promise.all([waiting.executionId, parent, `${parent}.sub`].map(is))).toEqual([false, false, false]);
}, 60_000);

test('a child whose definition says so goes first, and what it gave its parent stays with the parent', async () => {
  const id = await run(keeping('handing', [give('give'), sub('brief')], DAY_MS));
  const given = await valueOf(`${id}.sub`);
  expect(await swept(2 * MINUTE_MS)).toBe(1);
  expect([await is(`${id}.sub`), await is(id)]).toEqual([false, true]);
  expect((await executions.blob(id, given)).content.byteLength).toBeGreaterThan(100_000);
  expect(await swept(2 * DAY_MS)).toBe(1);
  expect(await engine.store.blobs.get(given, id)).toBeUndefined();
}, 60_000);

test('Temporal itself has no run of it any more', async () => {
  expect(purgedFirst).toHaveLength(1);
  for (const id of purgedFirst) await eventually(async () => (await runsOf(id)) === 0);
}, 60_000);

async function runIdsOf(executionId: string): Promise<{ firstRunId: string; runId: string }> {
  const { raw, runId } = await engine.client.workflow.getHandle(executionId).describe();
  return { firstRunId: raw.workflowExecutionInfo?.firstRunId ?? '', runId };
}

async function runsOf(executionId: string): Promise<number> {
  return (await engine.client.workflow.count(`WorkflowId = '${executionId}'`)).count;
}

async function eventually(look: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await look()); tries += 1) {
    if (tries > 200) throw new Error('It did not come about within twenty seconds.');
    await pause(100);
  }
}
