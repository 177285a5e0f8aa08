import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OmniError } from '../../src/plan/problem';
import type { Provider } from '../../src/tools/tool';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

const ORDER = `
name: Order
version: 1.0.0
trigger: { payload: { note: string } }
steps:
  - { name: first, tool: echo.say, provider: echo, input: { text: "\${trigger.payload.note}" } }
  - name: sides
    parallel:
      left: { tool: echo.say, provider: echo, input: { text: left } }
      right: { tool: echo.say, provider: fickle, input: { text: right } }
  - { name: last, tool: echo.say, provider: echo, input: { text: "\${steps.right.output.text}" } }
output: { note: "\${steps.first.output.text}", last: "\${steps.last.output.text}" }
`;

const ASKER = `
name: Asker
version: 1.0.0
steps:
  - { name: first, tool: echo.say, provider: echo, input: { text: hello } }
  - { name: ask, waitFor: { signal: go, form: { n: number } } }
output: "\${steps.ask.output.n}"
`;

/** Fails for as long as it is told to. */
let broken = false;
const keys: string[] = [];
const fickle: Provider = {
  ...echoProvider(),
  name: 'fickle',
  tools: {
    'echo.say': ({ text }: { text: string }, { idempotencyKey }) => {
      keys.push(idempotencyKey);
      if (broken) return Promise.reject(new OmniError('tool-error', 'Not now.', { retryable: false }));
      return Promise.resolve({ output: { text, length: text.length } });
    },
  },
};
const echo = echoProvider();

let door: Door;
beforeAll(async () => {
  const definitions = { 'order.yaml': ORDER, 'asker.yaml': ASKER };
  door = await openDoor({ providers: [echo, fickle], contracts: ECHO_CONTRACTS, definitions });
});
afterAll(() => door.close());

async function ended(id: string): Promise<Answer['body']> {
  await door.executions.wait(id, AbortSignal.timeout(30_000));
  return (await door.ask('GET', `/executions/${id}`)).body;
}

async function run(name: string, payload: object = {}): Promise<Answer['body']> {
  const { body } = await door.ask('POST', `/workflows/${name}/execute`, { payload });
  return ended(body.executionId);
}

const rerun = (id: string, body?: object, headers = {}): Promise<Answer> =>
  door.ask('POST', `/executions/${encodeURIComponent(id)}/rerun`, body, headers);

test('a failed execution is run again from the step that failed: both show the other, keys and outputs are the first one’s', async () => {
  broken = true;
  const before = echo.calls.length;
  const note = 'n'.repeat(70_000);
  const first = await run('order', { note });
  expect(first.status).toBe('failed');
  const running = await rerun(first.executionId);
  expect([running.status, running.headers.get('location')]).toEqual([
    202,
    `/executions/${encodeURIComponent(running.body.executionId)}`,
  ]);
  const second = await ended(running.body.executionId);
  broken = false;
  expect(second).toMatchObject({
    status: 'failed',
    rerun: { of: first.executionId, origin: first.executionId, usage: first.usage },
  });
  const third = await ended((await rerun(second.executionId)).body.executionId);
  expect(third).toMatchObject({
    status: 'completed',
    // A large value belongs to the execution that shows it.
    output: {
      note: { bytes: 70_000, href: expect.stringContaining(encodeURIComponent(third.executionId)) },
      last: 'right',
    },
    rerun: { of: second.executionId, origin: first.executionId, usage: { costUsd: first.usage.costUsd } },
  });
  const blob = await door.ask('GET', third.output.note.href);
  expect([blob.status, blob.text]).toEqual([200, note]);
  const reused = third.steps.filter((step: Answer['body']) => step.reused === true);
  expect(reused.map(({ path }: { path: string }) => path).sort()).toEqual(['first', 'sides.left']);
  expect(new Set(keys)).toEqual(new Set([`${first.executionId}/sides.right#1/fickle`]));
  expect(echo.calls.slice(before)).toEqual([
    `${first.executionId}/first#1/echo`,
    `${first.executionId}/sides.left#1/echo`,
    `${first.executionId}/last#1/echo`,
  ]);
  await shows(first.executionId, second.executionId);
  await shows(second.executionId, third.executionId);
});

/** Visibility trails the engine. */
async function shows(of: string, rerunId: string): Promise<void> {
  for (let look = 0; look < 100; look += 1) {
    const { body } = await door.ask('GET', `/executions/${encodeURIComponent(of)}`);
    if (body.reruns !== undefined) {
      expect(body.reruns.map(({ executionId }: { executionId: string }) => executionId)).toEqual([rerunId]);
      return;
    }
    await pause(100);
  }
  throw new Error(`${of} never showed its rerun`);
}

test('a completed one is run again from the step that is named; without one, or with an unknown one, it is told what to do', async () => {
  const first = await run('order', { note: 'x' });
  expect(first.status).toBe('completed');
  const nameless = await rerun(first.executionId);
  expect([nameless.status, nameless.body.errors]).toEqual([400, [{ pointer: '/from', detail: 'is missing' }]]);
  const unknown = await rerun(first.executionId, { from: 'lats' });
  expect([unknown.status, unknown.body.data, unknown.body.detail]).toEqual([
    404,
    { suggestion: 'last' },
    expect.stringContaining('Did you mean last?'),
  ]);
  expect((await rerun('order-nowhere', {})).status).toBe(404);
  const { body } = await rerun(first.executionId, { from: 'sides' });
  const second = await ended(body.executionId);
  expect(second).toMatchObject({ status: 'completed', rerun: { from: 'sides', reused: 1 } });
  expect(second.usage.costUsd).toBeCloseTo(0.02);
});

test('one that runs is refused; a terminated one goes on where it was cut off, and asks anew', async () => {
  const { body } = await door.ask('POST', '/workflows/asker/execute', {});
  const running = await rerun(body.executionId);
  expect([running.status, running.body.type, running.body.data]).toEqual([409, 'conflict', { status: 'running' }]);
  const asks = async (id: string): Promise<void> => {
    for (let look = 0; look < 100; look += 1) {
      if ((await door.executions.describe(id)).steps.some(({ task }) => task?.status === 'open')) return;
      await pause(100);
    }
    throw new Error(`${id} never asked`);
  };
  await asks(body.executionId);
  await door.executions.terminate(body.executionId);
  const again = await rerun(body.executionId);
  await asks(again.body.executionId);
  await door.ask('POST', `/executions/${encodeURIComponent(again.body.executionId)}/signals/go`, { n: 3 });
  expect(await ended(again.body.executionId)).toMatchObject({ status: 'completed', output: 3, rerun: { reused: 1 } });
});

test('the same Idempotency-Key is the same rerun; with another step it is 422', async () => {
  const { executionId } = await run('order', { note: 'x' });
  const key = { 'Idempotency-Key': `again ${executionId}` };
  const both = await Promise.all([1, 2, 3].map(() => rerun(executionId, { from: 'last' }, key)));
  expect(new Set(both.map(({ body }) => body.executionId)).size).toBe(1);
  expect((await rerun(executionId, { from: 'first' }, key)).status).toBe(422);
});

test('without a worker it is 503, and nothing is started', async () => {
  const { executionId } = await run('order', { note: 'x' });
  await door.harness.engine.stop();
  try {
    const { status, body } = await rerun(executionId, { from: 'last' });
    expect([status, body.detail]).toEqual([503, expect.stringContaining('No engine worker')]);
  } finally {
    await door.harness.startAnotherEngine();
  }
}, 60_000);
