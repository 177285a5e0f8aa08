/** A vendor answers with a gigabyte: the call fails by name, and the worker that made it, a process of its own, hardly grows. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ExecutionState } from '../../src/plan/record';
import { STATE_QUERY } from '../../src/plan/record';
import type { TemporalClient } from '../../src/temporal/connection';
import { connect } from '../../src/temporal/connection';
import type { Fault } from '../stubs/faults';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import { testTemporalAddress, testCodec } from '../support';
import type { WorkerProcess } from './worker';
import { build, startWorker, stubEnvironment } from './worker';

const ID = `huge-${randomUUID().slice(0, 8)}`;
const DEFINITION = `
name: Huge
version: 1.0.0
steps:
  - name: translate
    tool: mt.translate
    provider: openrouter
    retry: { maxAttempts: 1 }
    input: { text: hello, sourceLanguage: en, targetLanguage: pt }
`;
const GIGABYTE = 1024 ** 3;
const MOST_KIB = 64 * 1024;

const definitions = mkdtempSync(path.join(tmpdir(), 'omni-huge-'));
let temporal: TemporalClient;
let stub: Stub;
let worker: WorkerProcess;
let taskQueue: string;

beforeAll(async () => {
  build();
  writeFileSync(path.join(definitions, `${ID}.yaml`), DEFINITION);
  const address = await testTemporalAddress();
  temporal = await connect({ address, namespace: 'default', codec: testCodec().codec });
  stub = await startOpenAiStub();
  taskQueue = `huge-${randomUUID()}`;
  worker = await startWorker(await stubEnvironment({ taskQueue, definitions, stub }));
}, 180_000);
afterAll(async () => {
  await worker.stop();
  await stub.close();
  await temporal.close();
  rmSync(definitions, { recursive: true });
});

async function run(): Promise<ExecutionState> {
  const handle = await temporal.client.workflow.start(ID, {
    taskQueue,
    workflowId: `${ID}-${randomUUID()}`,
    args: [{}],
  });
  await handle.result().catch(() => undefined);
  return handle.query<ExecutionState>(STATE_QUERY);
}

const exec = promisify(execFile);
/** Memory of the worker that is in RAM, in KiB. */
async function residentKib(): Promise<number> {
  const { stdout } = await exec('ps', ['-o', 'rss=', '-p', String(worker.pid)]);
  return Number(stdout.trim());
}

/** The most memory that was seen while the work ran. */
async function peakOf(work: Promise<unknown>): Promise<number> {
  let peak = 0;
  let over = false;
  const ended = work.finally(() => (over = true));
  while (!over) {
    peak = Math.max(peak, await residentKib());
    await pause(20);
  }
  await ended;
  return peak;
}

test('a gigabyte, plain or packed into a megabyte, moves the memory of the worker by less than 64 MB', async () => {
  // What an ordinary call loads does not count.
  for (let count = 0; count < 5; count += 1) expect(await run()).toMatchObject({ status: 'completed' });
  const before = await peakOf(run());
  expect(before).toBeGreaterThan(10_000);
  const faults: readonly Fault[] = [{ kind: 'huge', bytes: GIGABYTE }, { kind: 'bomb' }];
  for (const fault of faults) {
    stub.next(fault);
    let state: ExecutionState | undefined;
    const peak = await peakOf(run().then((ended) => (state = ended)));
    expect(state).toMatchObject({ status: 'failed', error: { type: 'too-large' } });
    expect(stub.calls.at(-1)?.fault).toEqual(fault);
    expect(peak - before).toBeLessThan(MOST_KIB);
  }
  expect(await run()).toMatchObject({ status: 'completed' });
}, 120_000);
