/** Encrypted executions on a real server: nothing readable in their histories, and nothing taken that nobody encrypted. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { Client } from '@temporalio/client';
import { createKeyRing } from '../../src/encryption/key-ring';
import type { Step } from '../../src/plan/plan';
import type { StartArgument } from '../../src/plan/record';
import { ANSWER_UPDATE, PAUSE_SIGNAL } from '../../src/plan/record';
import { KEY_WITHDRAWN_REASON } from '../../src/plan/payload-mark';
import { clientCodec } from '../../src/temporal/payload-codec';
import type { PlaintextEvent } from '../../workers/encryption';
import { candidate, expression, object, planOf, tool } from '../interpreter/walk';
import { provider, testEngine } from './engine';

const CANARY = 'canary-4929-1234';
const [first, second] = [randomBytes(32), randomBytes(32)];
const keys = createKeyRing({ keys: [first] });
const echo = provider('echo', (input) => Promise.resolve(input));
const broken = provider('broken', () => Promise.reject(new Error(`defect with ${CANARY}`)));

const call = (name: string, ...providers: string[]) =>
  tool(name, {
    chain: providers.map((one) => candidate(one)),
    input: object({ text: expression('trigger.payload.text') }),
  });
const question = (name: string, signal: string): Step => ({
  kind: 'waitFor',
  name,
  signal,
  from: [],
  form: { type: 'object' },
  reminders: [],
});

let engine: Awaited<ReturnType<typeof testEngine>>;
/** As Temporal's own tools: it has no key. */
let stranger: Client;
const audited: PlaintextEvent[] = [];

const waiting = planOf([call('one', 'echo'), question('ask', 'reply'), call('two', 'echo')]);
const short = planOf([call('one', 'echo')]);

beforeAll(async () => {
  engine = await testEngine({
    keys,
    providers: [echo, broken],
    plans: { bare: short },
    audit: (event) => audited.push(event),
  });
  stranger = new Client({ connection: engine.client.connection });
}, 60_000);
afterAll(() => engine.close());

/** All texts and bytes of the raw history, as Temporal keeps it. */
async function raw({ workflowId }: WorkflowHandle): Promise<string> {
  const history = await stranger.workflow.getHandle(workflowId).fetchHistory();
  const described = await stranger.workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution: { workflowId },
  });
  const parts: string[] = [];
  const seen = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string') parts.push(value);
    else if (value instanceof Uint8Array) parts.push(Buffer.from(value).toString('latin1'));
    else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      for (const [key, member] of Object.entries(value)) {
        parts.push(key);
        walk(member);
      }
    }
  };
  walk(history);
  walk(described);
  return parts.join('\n');
}

async function taskFailures({ workflowId }: WorkflowHandle): Promise<number> {
  const { events } = await stranger.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
};

const asks = (handle: WorkflowHandle) => async (): Promise<boolean> => {
  const { steps } = await handle.query<{ steps: readonly { task?: unknown }[] }>('state').catch(() => ({ steps: [] }));
  return steps.some(({ task }) => task !== undefined);
};

test('input, output, signal, update, memo, summary, message and stack of an error leave no readable trace', async () => {
  const plan = planOf([call('one', 'echo'), question('ask', 'reply'), question('more', 'more'), call('two', 'broken')]);
  const argument: StartArgument = {
    omni: 1,
    plan,
    snapshot: { flags: {}, settings: {} },
    payload: { text: CANARY },
    context: { user: CANARY },
  };
  const handle = await engine.client.workflow.start(plan.id, {
    taskQueue: engine.taskQueue,
    workflowId: `canary-${randomUUID()}`,
    args: [argument],
    memo: { note: CANARY },
    staticSummary: CANARY,
    staticDetails: CANARY,
  });
  await until(asks(handle));
  await handle.executeUpdate(ANSWER_UPDATE, { args: [{ path: 'ask', data: { said: CANARY }, by: CANARY, roles: [] }] });
  await handle.signal('more', { said: CANARY });
  await expect(handle.result()).rejects.toThrow();
  const text = await raw(handle);
  expect(text).not.toContain(CANARY);
  expect(text).not.toContain('call-tool.ts');
  expect(text).toContain('Encoded failure');
  expect(await taskFailures(handle)).toBe(0);
  // The key opens it all.
  expect((await handle.describe()).memo).toEqual({ note: CANARY });
  expect(await engine.client.workflow.getHandle(handle.workflowId).describe()).toBeDefined();
}, 60_000);

describe('without a key', () => {
  const start = (type: string, ...args: readonly unknown[]): Promise<WorkflowHandle> =>
    stranger.workflow.start(type, { taskQueue: engine.taskQueue, workflowId: `s-${randomUUID()}`, args: [...args] });
  const ours = (handle: WorkflowHandle) => engine.client.workflow.getHandle(handle.workflowId);

  test('a bare start is taken, and audited; what comes of it is encrypted', async () => {
    const handle = await start('bare', { text: 'from the Web UI' });
    await ours(handle).result();
    expect(audited).toContainEqual({ executionId: handle.workflowId, workflow: 'bare', kind: 'start', accepted: true });
    await expect(handle.result()).rejects.toThrow('Unknown encoding');
  }, 30_000);

  test('a start that brings its own plan fails at once, by name', async () => {
    const argument: StartArgument = {
      omni: 1,
      plan: short,
      snapshot: { flags: {}, settings: {} },
      payload: {},
      context: {},
    };
    const handle = await start(short.id, argument);
    await expect(ours(handle).result()).rejects.toMatchObject({ cause: { type: 'policy' } });
    expect(await taskFailures(handle)).toBe(0);
  }, 30_000);

  test('a message that the definition asks for is taken; pausing and answers of people are not', async () => {
    const handle = await engine.start(waiting, { text: 'x' });
    await until(asks(handle));
    const theirs = stranger.workflow.getHandle(handle.workflowId);
    await theirs.signal(PAUSE_SIGNAL, { by: 'nobody' });
    await expect(
      theirs.executeUpdate(ANSWER_UPDATE, { args: [{ path: 'ask', data: {}, by: 'ceo', roles: ['ceo'] }] }),
    ).rejects.toThrow();
    expect(await asks(handle)()).toBe(true);
    await theirs.signal('reply', { fine: true });
    await handle.result();
    const of = audited.filter(({ executionId }) => executionId === handle.workflowId);
    expect(of.map(({ accepted }) => accepted)).toEqual([false, true]);
    expect(await taskFailures(handle)).toBe(0);
  }, 30_000);

  test('rubbish that calls itself encrypted is dropped as a message, and fails a start by name', async () => {
    const junk = {
      encode: (payloads: unknown[]) =>
        Promise.resolve(
          payloads.map(() => ({
            metadata: {
              encoding: Buffer.from('binary/encrypted'),
              'encryption-key-id': Buffer.from(keys.primary ?? ''),
              'omni-binding': Buffer.from(''),
            },
            data: randomBytes(40),
          })),
        ),
      decode: (payloads: never[]) => Promise.resolve(payloads),
    };
    const forger = new Client({ connection: engine.client.connection, dataConverter: { payloadCodecs: [junk] } });
    const handle = await engine.start(waiting, { text: 'x' });
    await until(asks(handle));
    await forger.workflow.getHandle(handle.workflowId).signal('reply', {});
    await handle.signal('reply', {});
    await handle.result();
    const started = await forger.workflow.start('bare', {
      taskQueue: engine.taskQueue,
      workflowId: `j-${randomUUID()}`,
      args: [{}],
    });
    await expect(ours(started).result()).rejects.toMatchObject({ cause: { type: 'policy' } });
    expect([await taskFailures(handle), await taskFailures(started)]).toEqual([0, 0]);
  }, 30_000);
});

test('after a rotation executions that wait go on; after the old key was withdrawn they end by name, without a storm', async () => {
  const providers = [echo];
  const before = await testEngine({ keys: createKeyRing({ keys: [first] }), providers });
  const { taskQueue } = before;
  const [lives, ends] = [await before.start(waiting, { text: 'x' }), await before.start(waiting, { text: 'x' })];
  await until(asks(lives));
  await until(asks(ends));
  await before.close();

  const rotated = await testEngine({ keys: createKeyRing({ keys: [second, first] }), providers, taskQueue });
  const alive = rotated.client.workflow.getHandle(lives.workflowId);
  await alive.signal('reply', {});
  await alive.result();
  await rotated.close();

  const terminated: string[] = [];
  const withdrawn = await testEngine({
    keys: createKeyRing({ keys: [second] }),
    providers,
    taskQueue,
    onMissingKey: async (_keyId, executionId) => {
      terminated.push(executionId);
      await stranger.workflow
        .getHandle(executionId)
        .terminate(KEY_WITHDRAWN_REASON)
        .catch(() => undefined);
    },
  });
  const dead = withdrawn.client.workflow.getHandle(ends.workflowId);
  await dead.signal('reply', {});
  await expect(dead.result()).rejects.toMatchObject({ cause: { message: KEY_WITHDRAWN_REASON } });
  expect(await taskFailures(ends)).toBeLessThanOrEqual(1);
  expect(new Set(terminated)).toEqual(new Set([ends.workflowId]));
  await withdrawn.close();
}, 60_000);

test('an execution that began before encryption was switched on goes on, and what it adds is encrypted', async () => {
  const before = await testEngine({ providers: [echo] });
  const { taskQueue } = before;
  const handle = await before.start(waiting, { text: 'in the clear' });
  await until(asks(handle));
  await before.close();
  const after = await testEngine({ keys, providers: [echo], taskQueue, plaintextUntil: Date.now() + 60_000 });
  const now = after.client.workflow.getHandle(handle.workflowId);
  await now.signal('reply', { said: CANARY });
  await now.result();
  expect(await raw(handle)).not.toContain(CANARY);
  expect(await taskFailures(handle)).toBe(0);
  await after.close();
}, 60_000);

test('an execution that a schedule starts opens what the schedule was given', async () => {
  const id = `nightly-${randomUUID()}`;
  const argument = { omni: 1, payload: { text: CANARY }, context: {} };
  const schedule = await engine.client.schedule.create({
    scheduleId: id,
    spec: {},
    action: {
      type: 'startWorkflow',
      workflowType: 'bare',
      taskQueue: engine.taskQueue,
      workflowId: id,
      args: [argument],
    },
  });
  await schedule.trigger();
  let started: string | undefined;
  await until(async () => {
    const { info } = await schedule.describe();
    const [action] = info.recentActions;
    started = action?.action.workflow.workflowId;
    return started !== undefined;
  });
  const handle = engine.client.workflow.getHandle(started ?? '');
  expect(await handle.result()).toMatchObject({});
  expect(await raw(handle)).not.toContain(CANARY);
  expect(await taskFailures(handle)).toBe(0);
  await schedule.delete();
}, 60_000);

test('what another key encrypted is refused by a client too', async () => {
  const handle = await engine.start(short, { text: 'x' });
  await handle.result();
  const other = new Client({
    connection: engine.client.connection,
    dataConverter: { payloadCodecs: [clientCodec({ keys: createKeyRing({ keys: [second] }), namespace: 'default' })] },
  });
  await expect(other.workflow.getHandle(handle.workflowId).result()).rejects.toThrow('ENCRYPTION_OLD_KEYS');
}, 30_000);
