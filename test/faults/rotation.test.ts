/** Keys are rotated and then withdrawn under real worker processes while 200 executions wait for their answers. */
import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { createKeyRing, keyIdOf } from '../../src/encryption/key-ring';
import type { Executions } from '../../src/executions/executions';
import { createExecutions } from '../../src/executions/executions';
import { taskId } from '../../src/executions/task';
import { OmniError } from '../../src/plan/problem';
import { migrate } from '../../src/store/migrate';
import type { Store } from '../../src/store/store';
import { openStore } from '../../src/store/store';
import type { TemporalClient } from '../../src/temporal/connection';
import { connect } from '../../src/temporal/connection';
import { clientCodec } from '../../src/temporal/payload-codec';
import { run } from '../security/audit-ground';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import { testDatabaseUrl, testTemporalAddress } from '../support';
import type { WorkerProcess } from './worker';
import { build, startWorker, stubEnvironment } from './worker';

const COUNT = 200;
/** Those that still wait when the first key is withdrawn. */
const LEFT = 10;
const AT_ONCE = 8;
const DEFINITION = `
name: Ask
version: 1.0.0
trigger:
  payload: { text: string }
steps:
  - name: review
    waitFor: { signal: reply, from: [reviewer], form: { said: string } }
  - name: translate
    tool: mt.translate
    provider: openrouter
    input: { text: "\${trigger.payload.text + ' ' + steps.review.output.said}", sourceLanguage: en, targetLanguage: pt }
output: { heard: "\${trigger.payload.text + ' ' + steps.review.output.said}" }
`;

const [first, second] = [randomBytes(32), randomBytes(32)];
const ids = { first: keyIdOf(first), second: keyIdOf(second) };
const text = (key: Uint8Array): string => Buffer.from(key).toString('base64');
const rotated = { ENCRYPTION_KEY: text(second), ENCRYPTION_OLD_KEYS: text(first) };

const folder = mkdtempSync(path.join(tmpdir(), 'omni-rotation-'));
const taskQueue = `rotation-${randomUUID()}`;
const database = `rotation_${randomUUID().replaceAll('-', '')}`;
const waiting = Array.from({ length: COUNT + LEFT }, (_, n) => `ask-${n}-${randomUUID()}`);
const [lasting, left] = [waiting.slice(0, COUNT), waiting.slice(COUNT)];
const old = `ask-old-${randomUUID()}`;

let stub: Stub;
/** As Temporal's own tools: without any key. */
let stranger: TemporalClient;
let environment: Record<string, string>;
/** The newest one. */
let worker: WorkerProcess;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  build();
  const definitions = path.join(folder, 'definitions');
  mkdirSync(definitions);
  writeFileSync(path.join(definitions, 'ask.yaml'), DEFINITION);
  stub = await startOpenAiStub({ key: 'stub-key' });
  stranger = await connect({ address: await testTemporalAddress(), namespace: 'default' });
  // A database of its own: other platforms of the run would miss these keys.
  const server = await testDatabaseUrl();
  await run(server, `CREATE DATABASE ${database}`);
  environment = {
    ...(await stubEnvironment({ taskQueue, definitions, stub })),
    DATABASE_URL: Object.assign(new URL(server), { pathname: `/${database}` }).href,
    OMNI_PROVIDER_LIMITS: '{"openrouter":{"perSecond":1000,"burst":1000,"concurrent":100}}',
  };
  await migrate(environment['DATABASE_URL'] ?? '');
  worker = await working({ ENCRYPTION_KEY: text(first) });
}, 300_000);
afterAll(async () => {
  for (const close of closers) await close();
  await stranger.close();
  await stub.close();
  await run(await testDatabaseUrl(), `DROP DATABASE ${database} WITH (FORCE)`);
  rmSync(folder, { recursive: true });
});

async function working(keys: Readonly<Record<string, string>>): Promise<WorkerProcess> {
  const started = await startWorker({ ...environment, ...keys });
  closers.push(() => started.kill());
  return started;
}

interface Side {
  readonly store: Store;
  readonly temporal: TemporalClient;
  readonly executions: Executions;
}

/** What an API with these keys works with. */
async function side(...given: readonly Uint8Array[]): Promise<Side> {
  const keys = createKeyRing({ keys: given });
  const codec = clientCodec({ keys, namespace: 'default' });
  const temporal = await connect({ address: await testTemporalAddress(), namespace: 'default', codec });
  const store = openStore(environment['DATABASE_URL'] ?? '', keys);
  closers.push(
    () => temporal.close(),
    () => store.close(),
  );
  const { client } = temporal;
  const executions = createExecutions({ client, taskQueue, store, now: Date.now, uuid: () => randomUUID() });
  return { store, temporal, executions };
}

const begin = ({ temporal }: Side, workflowId: string) =>
  temporal.client.workflow.start('ask', { taskQueue, workflowId, args: [{ text: workflowId }] });
const answer = ({ executions }: Side, executionId: string) =>
  executions.answer(taskId({ executionId, path: 'review' }), {
    data: { said: 'yes' },
    by: 'ada',
    roles: ['reviewer'],
    idempotencyKey: executionId,
  });
/** Busy or replaced workers are waited for, as whoever is told 503 does. */
const answered = (from: Side, id: string) =>
  until(() =>
    answer(from, id).then(Boolean, (error: unknown) => {
      if (error instanceof OmniError && error.problem.type === 'provider-unavailable') return false;
      throw error;
    }),
  );

/** So many at once, as many clients would. */
async function each(all: readonly string[], act: (id: string) => Promise<unknown>): Promise<void> {
  const rest = [...all];
  const lane = async (): Promise<void> => {
    for (let id = rest.pop(); id !== undefined; id = rest.pop()) await act(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('It did not come about.');
}

const asking = async (): Promise<number> =>
  (
    await stranger.client.workflow.count(
      `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running' AND OmniAwaiting IS NOT NULL`,
    )
  ).count;

const rawHistory = (id: string) => stranger.client.workflow.getHandle(id).fetchHistory();
type RawHistory = Awaited<ReturnType<typeof rawHistory>>;

/** Which keys payloads were encrypted with, in the order of the events. */
function keysOf({ events }: RawHistory): readonly string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    if ('metadata' in value && 'data' in value) {
      const metadata = value.metadata as Readonly<Record<string, Uint8Array>>;
      const id = metadata['encryption-key-id'];
      // Search attributes, and times that the SDK notes for itself, are in clear.
      if (id !== undefined) found.push(Buffer.from(id).toString());
    } else for (const member of Object.values(value)) walk(member);
  };
  for (const event of events ?? []) walk(event);
  return found;
}

const failedTasks = ({ events }: RawHistory): number =>
  (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;

function replay(file: string, keys: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, ['dist/src/cli/main.js', 'replay', '--from', file], {
    cwd: path.resolve(__dirname, '..', '..'),
    env: { ...process.env, NODE_ENV: 'development', OMNI_DATA_DIR: path.join(folder, 'none'), ...keys },
    encoding: 'utf8',
  });
}

test('200 executions that wait under the first key go on under the second, and all finish; old histories replay', async () => {
  const before = await side(first);
  await begin(before, old);
  await each(waiting, (id) => begin(before, id));
  await until(async () => (await asking()) === COUNT + LEFT + 1);
  await answered(before, old);
  await before.temporal.client.workflow.getHandle(old).result();

  // As the manual says: the new key opens everywhere before it encrypts anywhere, and processes are replaced one by one.
  const both = await working({ ENCRYPTION_KEY: text(first), ENCRYPTION_OLD_KEYS: text(second) });
  await worker.stop();
  worker = await working(rotated);
  const after = await side(second, first);
  await each(lasting.slice(0, COUNT / 2), (id) => answered(after, id));
  await both.stop();
  await each(lasting.slice(COUNT / 2), (id) => answered(after, id));
  await each(lasting, async (id) =>
    expect(await after.temporal.client.workflow.getHandle(id).result()).toEqual({ heard: `${id} yes` }),
  );

  const histories = await Promise.all(lasting.map(rawHistory));
  expect(histories.map(failedTasks)).toEqual(lasting.map(() => 0));
  for (const keys of histories.map(keysOf)) {
    expect(new Set(keys)).toEqual(new Set([ids.first, ids.second]));
    expect(keys[0]).toBe(ids.first);
  }
  // Once the last process that encrypts with the first key is gone, nothing is encrypted with it any more.
  for (const keys of histories.slice(COUNT / 2).map(keysOf))
    expect(new Set(keys.slice(keys.indexOf(ids.second)))).toEqual(new Set([ids.second]));
  expect(new Set(keysOf(await rawHistory(old)))).toEqual(new Set([ids.first]));

  const downloads = path.join(folder, 'histories');
  mkdirSync(downloads);
  for (const id of [old, lasting[0] ?? '', lasting.at(-1) ?? ''])
    writeFileSync(path.join(downloads, `${id}.json`), historyToJSON(await rawHistory(id)));
  expect(replay(downloads, rotated)).toMatchObject({ status: 0, stderr: '3 replays: all as recorded\n' });
  const without = replay(path.join(downloads, `${old}.json`), { ENCRYPTION_KEY: text(second) });
  expect(without).toMatchObject({ status: 1, stdout: expect.stringContaining(old) });
}, 400_000);

test('the first key withdrawn: what needs it ends by name when it is touched, the rest is left alone, and nothing is tried again and again', async () => {
  await worker.kill();
  await expect(startWorker({ ...environment, ENCRYPTION_KEY: text(second) })).rejects.toThrow(ids.first);
  worker = await working({ ENCRYPTION_KEY: text(second), ENCRYPTION_WITHDRAWN_KEYS: ids.first });
  const after = await side(second);
  const [touched, untouched] = [left.slice(0, LEFT / 2), left.slice(LEFT / 2)];
  const lengths = await Promise.all(untouched.map(async (id) => (await rawHistory(id)).events?.length));
  for (const id of touched) await expect(answer(after, id)).rejects.toBeInstanceOf(OmniError);
  for (const id of touched) {
    await until(async () => (await after.executions.describe(id)).status === 'terminated');
    expect(await after.executions.describe(id)).toMatchObject({ error: { type: 'policy' } });
    // Failing ones would be told once in a history, and then only counted.
    const history = await rawHistory(id);
    expect(failedTasks(history)).toBeLessThanOrEqual(1);
    expect(history.events?.length).toBeLessThan(15);
  }
  for (const [n, id] of untouched.entries()) {
    const { status, raw } = await stranger.client.workflow.getHandle(id).describe();
    expect([status.name, raw.pendingWorkflowTask ?? undefined]).toEqual(['RUNNING', undefined]);
    expect((await rawHistory(id)).events?.length).toBe(lengths[n]);
  }
  const fresh = `ask-new-${randomUUID()}`;
  await begin(after, fresh);
  await until(async () => (await asking()) > untouched.length);
  await answered(after, fresh);
  expect(await after.temporal.client.workflow.getHandle(fresh).result()).toEqual({ heard: `${fresh} yes` });
}, 300_000);
