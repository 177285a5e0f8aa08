/** Workers are killed with `kill -9` while an execution is paused, and in the middle of a rerun; an outside ledger counts the effects. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Execution } from '../../src/executions/execution';
import type { Executions } from '../../src/executions/executions';
import { createExecutions } from '../../src/executions/executions';
import type { Store } from '../../src/store/store';
import type { TemporalClient } from '../../src/temporal/connection';
import { connect } from '../../src/temporal/connection';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import { testStore, testTemporalAddress, testCodec } from '../support';
import { build, startWorker, stubEnvironment } from './worker';

const STEPS = ['one', 'two', 'three'];
const step = (name: string): string => `
  - name: ${name}
    tool: mt.translate
    provider: openrouter
    input: { text: ${name} apples, sourceLanguage: en, targetLanguage: pt }`;
const definitions = mkdtempSync(path.join(tmpdir(), 'omni-faults-'));
writeFileSync(path.join(definitions, 'chain.yaml'), `name: Chain\nversion: 1.0.0\nsteps:${STEPS.map(step).join('')}\n`);

let stub: Stub;
let temporal: TemporalClient;
let store: Store;
let executions: Executions;
let environment: Record<string, string>;

beforeAll(async () => {
  build();
  stub = await startOpenAiStub({ key: 'stub-key' });
  const address = await testTemporalAddress();
  temporal = await connect({ address, namespace: 'default', codec: testCodec().codec });
  store = await testStore(testCodec().keys);
  const taskQueue = `faults-${randomUUID()}`;
  const { client } = temporal;
  executions = createExecutions({ client, taskQueue, store, now: () => Date.now(), uuid: () => randomUUID() });
  environment = await stubEnvironment({ taskQueue, definitions, stub });
}, 120_000);
afterAll(async () => {
  await temporal.close();
  await store.close();
  await stub.close();
  rmSync(definitions, { recursive: true });
});

async function begin(): Promise<string> {
  const workflowId = `chain-${randomUUID()}`;
  const taskQueue = environment['TEMPORAL_TASK_QUEUE'] ?? '';
  await temporal.client.workflow.start('chain', { taskQueue, workflowId, args: [{}] });
  return workflowId;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600 && !(await condition()); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await condition()).toBe(true);
}

async function ended(id: string): Promise<Execution> {
  await executions.wait(id, AbortSignal.timeout(60_000));
  return executions.describe(id);
}

/** How often each key has come since a moment. */
function ledger(since: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { idempotencyKey = '' } of stub.calls.slice(since))
    counts[idempotencyKey] = (counts[idempotencyKey] ?? 0) + 1;
  return counts;
}

test('killed while paused: the next worker ends the call that ran and begins no other, until it is resumed', async () => {
  const before = stub.calls.length;
  stub.next({ kind: 'hang' });
  const first = await startWorker(environment);
  const id = await begin();
  await until(() => stub.calls.length === before + 1);
  await executions.pause(id, 'ada');
  await first.kill();

  const second = await startWorker(environment);
  const recordOf = async (name: string) => (await executions.describe(id)).steps.find((one) => one.name === name);
  await until(async () => (await recordOf('two')) !== undefined);
  expect(await executions.describe(id)).toMatchObject({ status: 'paused', paused: { by: 'ada' }, source: 'state' });
  await second.kill();

  const third = await startWorker(environment);
  await until(async () => (await executions.describe(id)).source === 'state');
  expect((await recordOf('two'))?.calls).toEqual([]);
  expect(ledger(before)).toEqual({ [`${id}/one#1/openrouter`]: 2 });
  await executions.resume(id);
  expect((await ended(id)).status).toBe('completed');
  expect(ledger(before)).toEqual({
    [`${id}/one#1/openrouter`]: 2,
    [`${id}/two#1/openrouter`]: 1,
    [`${id}/three#1/openrouter`]: 1,
  });
  await third.stop();
}, 120_000);

test('killed in the middle of a rerun: what was done before is done once, under the keys of the first', async () => {
  const before = stub.calls.length;
  stub.next(undefined, { kind: 'status', status: 401 });
  const first = await startWorker(environment);
  const id = await begin();
  expect(await ended(id)).toMatchObject({ status: 'failed', error: { type: 'authentication', step: 'two' } });

  stub.next({ kind: 'hang' });
  const { executionId } = await executions.rerun(id, {});
  await until(() => stub.calls.length === before + 3);
  await first.kill();

  const second = await startWorker(environment);
  expect(await ended(executionId)).toMatchObject({ status: 'completed', rerun: { of: id, origin: id, reused: 1 } });
  expect(ledger(before)).toEqual({
    [`${id}/one#1/openrouter`]: 1,
    // Refused, hung, answered.
    [`${id}/two#1/openrouter`]: 3,
    [`${id}/three#1/openrouter`]: 1,
  });
  await second.stop();
}, 120_000);
