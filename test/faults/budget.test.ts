/** Fifty steps at once on a budget for ten, and `kill -9` while they are under way: the ledger neither forgets a charge nor passes its bound. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ExecutionState } from '../../src/plan/record';
import { addUsage, NO_USAGE } from '../../src/plan/record';
import type { TemporalClient } from '../../src/temporal/connection';
import { connect } from '../../src/temporal/connection';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import { testTemporalAddress, testCodec } from '../support';
import { build, startWorker, stubEnvironment } from './worker';

const definitions = mkdtempSync(path.join(tmpdir(), 'omni-faults-'));
let stub: Stub;
let temporal: TemporalClient;
let environment: Record<string, string>;

beforeAll(async () => {
  build();
  stub = await startOpenAiStub({ key: 'stub-key' });
  const address = await testTemporalAddress();
  temporal = await connect({ address, namespace: 'default', codec: testCodec().codec });
  environment = await stubEnvironment({ taskQueue: `faults-${randomUUID()}`, definitions, stub });
}, 120_000);
afterAll(async () => {
  await temporal.close();
  await stub.close();
  rmSync(definitions, { recursive: true });
});

const call = (name = ''): string =>
  `{ ${name}tool: mt.translate, provider: openrouter, input: { text: hello, sourceLanguage: en, targetLanguage: pt } }`;

function define(id: string, steps: string, budget = ''): void {
  writeFileSync(path.join(definitions, `${id}.yaml`), `name: ${id}\nversion: 1.0.0\n${budget}steps:\n${steps}`);
}

const start = (id: string) =>
  temporal.client.workflow.start(id, {
    taskQueue: environment['TEMPORAL_TASK_QUEUE'] ?? '',
    workflowId: `${id}-${randomUUID()}`,
    args: [{}],
  });

test('kill -9 while calls are under way: every charge is on the ledger, which passes its limit by the lost ones at most', async () => {
  define('one', `  - ${call('name: only, ')}\n`);
  const first = await startWorker(environment);
  const single = await start('one');
  await single.result();
  const oneUsd = (await single.query<ExecutionState>('state')).usage.costUsd;
  expect(oneUsd).toBeGreaterThan(0);
  await first.stop();

  const limitUsd = 10 * oneUsd;
  const branches = Array.from({ length: 50 }, (_, i) => `      t${i}: ${call()}\n`).join('');
  define(
    'fifty',
    `  - name: all\n    parallel:\n${branches}`,
    `guards: { budget: { maxCost: ${limitUsd.toFixed(12)} } }\n`,
  );
  const before = stub.calls.length;
  // What one call uses is known once the first has answered; then as many are sent as the rest of the budget bears.
  stub.next(undefined);
  stub.always({ kind: 'hang' });
  const doomed = await startWorker(environment);
  const handle = await start('fifty');
  const lost = (await settled(() => stub.calls.length - before, 2)) - 1;
  expect(lost).toBeLessThanOrEqual(9);
  stub.always(undefined);
  await doomed.kill();

  const worker = await startWorker(environment);
  await expect(handle.result()).rejects.toThrow();
  const state = await handle.query<ExecutionState>('state');
  await worker.stop();

  expect(state.error?.type).toBe('budget-exceeded');
  const made = stub.calls.slice(before);
  const billed = made
    .filter(({ fault }) => fault === undefined)
    .reduce((sum, { usage }) => addUsage(sum, { ...NO_USAGE, ...usage }), NO_USAGE);
  expect(state.usage.costUsd).toBeGreaterThanOrEqual(billed.costUsd - 1e-12);
  // What a lost attempt may have used is charged beside what its second one has used.
  const lostUsd = state.usage.costUsd - billed.costUsd;
  expect(billed.costUsd).toBeLessThanOrEqual(limitUsd + 1e-12);
  expect(lostUsd).toBeLessThanOrEqual(lost * oneUsd + 1e-12);
  const times = new Map<string, number>();
  for (const { idempotencyKey = '' } of made) times.set(idempotencyKey, (times.get(idempotencyKey) ?? 0) + 1);
  const [answered, ...repeated] = [...times.values()].sort();
  expect(answered).toBe(1);
  // A second attempt that had not begun when the budget came to its end never does.
  expect(repeated).toHaveLength(lost);
  expect(Math.max(...repeated)).toBe(2);
}, 180_000);

/** The count, once it has reached so many and does not grow any more. */
async function settled(count: () => number, least: number): Promise<number> {
  let last = -1;
  for (let quiet = 0, tries = 0; quiet < 20 && tries < 600; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    quiet = count() === last && last >= least ? quiet + 1 : 0;
    last = count();
  }
  expect(last).toBeGreaterThanOrEqual(least);
  return last;
}
