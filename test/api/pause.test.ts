import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compileDefinition } from '../../src/language/compile';
import { ToolRegistry } from '../../src/tools/registry';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

const WORK = `
name: Work
version: 1.0.0
steps:
  - name: nap
    tool: echo.sleep
    provider: echo
    input: { ms: 1000 }
    compensate: { tool: echo.say, input: { text: undone } }
  - { name: ask, waitFor: { signal: go, form: { n: number } } }
  - { name: say, tool: echo.say, provider: echo, input: { text: done } }
finally:
  - { name: sweep, tool: echo.say, provider: echo, input: { text: swept } }
output: "\${steps.say.output.text}"
`;

const BOSS = `
name: Boss
version: 1.0.0
steps:
  - { name: first, tool: echo.say, provider: echo, input: { text: first }, compensate: { tool: echo.say, input: { text: undone } } }
  - { name: whole, workflow: work, input: {} }
`;

let door: Door;
beforeAll(async () => {
  const definitions = { 'work.yaml': WORK, 'boss.yaml': BOSS };
  // A child loads its plan by itself.
  const registry = new ToolRegistry(ECHO_CONTRACTS, [echoProvider()]);
  const { plan } = compileDefinition({ text: WORK, file: 'work.yaml', id: 'work' }, registry);
  door = await openDoor({
    providers: [echoProvider()],
    contracts: ECHO_CONTRACTS,
    plans: plan === undefined ? [] : [plan],
    definitions,
  });
});
afterAll(() => door.close());

const begin = async (name: string): Promise<string> =>
  (await door.ask('POST', `/workflows/${name}/execute`, {})).body.executionId as string;
const post = (id: string, verb: string, body?: object): Promise<Answer> =>
  door.ask('POST', `/executions/${encodeURIComponent(id)}/${verb}`, body);

/** By somebody else. */
const pauseBy = async (who: string, id: string): Promise<Answer> =>
  door.ask('POST', `/executions/${encodeURIComponent(id)}/pause`, undefined, await door.as(who, ['operator']));

async function until(id: string, settled: (body: Answer['body']) => boolean): Promise<Answer['body']> {
  let last: Answer['body'];
  for (let look = 0; look < 150; look += 1) {
    last = (await door.ask('GET', `/executions/${encodeURIComponent(id)}`)).body;
    if (settled(last)) return last;
    await pause(100);
  }
  throw new Error(`${id} never got there: ${JSON.stringify(last)}`);
}

const step = (body: Answer['body'], path: string) => body.steps.find((one: Answer['body']) => one.path === path);
const statuses = (body: Answer['body']) =>
  body.steps.map(({ path, status }: { path: string; status: string }) => `${path} ${status}`);
const listed = async (status: string): Promise<readonly string[]> =>
  (await door.ask('GET', `/executions?status=${status}&limit=200`)).body.executions.map(
    ({ executionId }: { executionId: string }) => executionId,
  );

async function untilListed(status: string, id: string): Promise<void> {
  for (let look = 0; look < 100 && !(await listed(status)).includes(id); look += 1) await pause(100);
  expect(await listed(status)).toContain(id);
}

test('a paused execution ends its call, takes its answer, begins nothing more, says so everywhere, and goes on', async () => {
  const id = await begin('work');
  await until(id, (body) => step(body, 'nap') !== undefined);
  expect((await pauseBy('ada', id)).status).toBe(202);
  expect((await pauseBy('bob', id)).status).toBe(202);
  await until(id, (body) => step(body, 'ask') !== undefined);
  expect((await door.ask('POST', `/executions/${id}/signals/go`, { n: 1 })).status).toBe(202);
  const paused = await until(id, (body) => step(body, 'say') !== undefined);
  await pause(500);
  expect(paused).toMatchObject({ status: 'paused', paused: { by: 'ada', since: expect.any(String) } });
  expect(statuses((await door.ask('GET', `/executions/${id}`)).body)).toEqual([
    'nap completed',
    'ask completed',
    'say running',
  ]);
  await untilListed('paused', id);
  expect(await listed('running')).not.toContain(id);
  expect((await post(id, 'resume')).status).toBe(202);
  expect((await post(id, 'resume')).status).toBe(202);
  const ended = await until(id, ({ status }) => status !== 'paused' && status !== 'running');
  expect(ended).toMatchObject({ status: 'completed', output: 'done' });
  expect(ended.paused).toBeUndefined();
  for (const verb of ['pause', 'resume']) expect((await post(id, verb)).status).toBe(409);
  expect((await post('nobody', 'pause')).status).toBe(404);
});

test('a pause is taken without a worker, and holds when one comes', async () => {
  const id = await begin('work');
  await until(id, (body) => step(body, 'nap') !== undefined);
  await door.harness.engine.stop();
  expect((await pauseBy('ada', id)).status).toBe(202);
  await door.harness.startAnotherEngine();
  await door.ask('POST', `/executions/${id}/signals/go`, { n: 1 });
  const paused = await until(id, (body) => step(body, 'say') !== undefined && body.paused !== undefined);
  expect(step(paused, 'say').calls).toEqual([]);
  await post(id, 'resume');
  await until(id, ({ status }) => status === 'completed');
}, 60_000);

describe('cancelling', () => {
  test('a paused execution ends the pause: it compensates and runs its finally', async () => {
    const id = await begin('work');
    await until(id, (body) => step(body, 'ask') !== undefined);
    await post(id, 'pause');
    await door.ask('POST', `/executions/${id}/signals/go`, { n: 1 });
    await until(id, (body) => step(body, 'say') !== undefined);
    expect((await post(id, 'cancel')).status).toBe(202);
    const ended = await until(id, ({ status }) => status === 'cancelled');
    expect(statuses(ended)).toEqual([
      'nap completed',
      'ask completed',
      'say cancelled',
      'nap.compensate completed',
      'finally.sweep completed',
    ]);
    expect(step(ended, 'say').calls).toEqual([]);
  });

  test('an execution that waits for people compensates, runs its finally, and its task is closed', async () => {
    const id = await begin('work');
    const { steps } = await until(id, (body) => step(body, 'ask')?.task?.status === 'open');
    const task = steps.find(({ path }: { path: string }) => path === 'ask').task.id as string;
    expect((await post(id, 'cancel')).status).toBe(202);
    const ended = await until(id, ({ status }) => status === 'cancelled');
    expect(statuses(ended)).toEqual([
      'nap completed',
      'ask cancelled',
      'nap.compensate completed',
      'finally.sweep completed',
    ]);
    expect((await door.ask('GET', `/tasks/${task}`)).body.status).toBe('closed');
  });

  test('an execution whose child is paused ends both: each undoes what it did', async () => {
    const id = await begin('boss');
    const child = `${id}.whole`;
    await until(id, (body) => step(body, 'whole') !== undefined);
    await until(child, (body) => body.steps !== undefined && step(body, 'ask') !== undefined);
    expect((await pauseBy('ada', id)).status).toBe(202);
    expect(await until(child, ({ status }) => status === 'paused')).toMatchObject({ paused: { by: 'ada' } });
    expect((await post(id, 'cancel')).status).toBe(202);
    const parent = await until(id, ({ status }) => status === 'cancelled');
    expect(statuses(parent)).toEqual(['first completed', 'whole cancelled', 'first.compensate completed']);
    const ended = await until(child, ({ status }) => status === 'cancelled');
    expect(statuses(ended)).toEqual([
      'nap completed',
      'ask cancelled',
      'nap.compensate completed',
      'finally.sweep completed',
    ]);
  });

  test('many at once reaches paused ones too', async () => {
    const id = await begin('work');
    await until(id, (body) => step(body, 'ask') !== undefined);
    await post(id, 'pause');
    await untilListed('paused', id);
    const { body } = await door.ask('POST', '/executions/bulk/cancel', { workflow: 'work' });
    expect(body.cancelled).toBeGreaterThanOrEqual(1);
    await until(id, ({ status }) => status === 'cancelled');
  });
});

test('resuming lets the children go on too, of whatever depth', async () => {
  const id = await begin('boss');
  const child = `${id}.whole`;
  await until(child, (body) => body.steps !== undefined && step(body, 'ask') !== undefined);
  await post(id, 'pause');
  await until(child, ({ status }) => status === 'paused');
  await post(id, 'resume');
  await until(child, ({ status }) => status === 'running');
  await door.ask('POST', `/executions/${encodeURIComponent(child)}/signals/go`, { n: 1 });
  expect(await until(id, ({ status }) => status === 'completed')).toMatchObject({ output: 'done' });
});
