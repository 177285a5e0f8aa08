import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { planOf } from '../interpreter/walk';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider } from './echo-tools';

const ASKER = `
name: Asker
version: 1.0.0
steps:
  - { name: nap, tool: echo.sleep, provider: echo, input: { ms: 600 } }
  - { name: ask, waitFor: { signal: go, form: { n: number } } }
  - { name: approve, waitFor: { signal: approval, from: [boss], form: { ok: boolean } } }
output: "\${steps.ask.output.n}"
`;

const TIDY = `
name: Tidy
version: 1.0.0
steps:
  - { name: nap, tool: echo.sleep, provider: echo, input: { ms: 20000 } }
finally:
  - { name: sweep, tool: echo.say, provider: echo, input: { text: swept } }
`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    providers: [echoProvider()],
    contracts: ECHO_CONTRACTS,
    plans: [
      planOf([{ kind: 'waitFor', name: 'ask', signal: 'go', from: [], form: {}, reminders: [] }], { id: 'bare' }),
    ],
    definitions: { ...DEFINITIONS, 'asker.yaml': ASKER, 'tidy.yaml': TIDY },
  });
});
afterAll(() => door.close());

const begin = async (name: string, payload: object = {}): Promise<string> =>
  (await door.ask('POST', `/workflows/${name}/execute`, { payload })).body.executionId as string;
const nap = (ms: number): Promise<string> => begin('sleeper', { ms });
const bulk = (body: unknown): Promise<Answer> => door.ask('POST', '/executions/bulk/cancel', body);

async function until(id: string, settled: (body: Answer['body']) => boolean): Promise<Answer['body']> {
  for (let look = 0; look < 100; look += 1) {
    const { body } = await door.ask('GET', `/executions/${id}`);
    if (settled(body)) return body;
    await pause(100);
  }
  throw new Error(`${id} never got there`);
}

describe('a signal', () => {
  test('that comes before its step is kept for it', async () => {
    const id = await begin('asker');
    const sent = await door.ask('POST', `/executions/${id}/signals/go`, { n: 4 });
    expect([sent.status, sent.body.executionId]).toEqual([202, id]);
    const { steps } = await until(id, (body) => body.steps.some((step: Answer['body']) => step.path === 'approve'));
    expect(steps.find((step: Answer['body']) => step.path === 'ask').output).toMatchObject({ n: 4, by: 'unverified' });
    const late = await door.ask('POST', `/executions/${id}/signals/go`, { n: 5 });
    expect([late.status, late.body.detail]).toEqual([409, expect.stringContaining('is over')]);
    await door.executions.terminate(id);
  });

  test('that no step waits for is refused, naming those that are', async () => {
    const id = await begin('asker');
    const refused = await door.ask('POST', `/executions/${id}/signals/stop`, {});
    expect([refused.status, refused.body.type, refused.body.data]).toEqual([409, 'conflict', { signals: ['go'] }]);
    expect(refused.body.detail).toBe('No step of asker waits for the signal stop. It waits for: go.');
    await door.executions.terminate(id);
    const none = await nap(3000);
    const { body } = await door.ask('POST', `/executions/${none}/signals/go`, {});
    expect(body).toMatchObject({ status: 409, detail: expect.stringContaining('no signal at all') });
  });

  test('for a step that asks a role is refused: such a step is a task', async () => {
    const id = await begin('asker');
    const { status, body } = await door.ask('POST', `/executions/${id}/signals/approval`, { ok: true });
    expect([status, body.data.roles]).toEqual([409, ['boss']]);
    expect(body.detail).toContain('POST /tasks/:id/answer');
    await door.executions.terminate(id);
  });

  test("of Temporal's own is 400", async () => {
    const id = await nap(1000);
    expect((await door.ask('POST', `/executions/${id}/signals/__temporal_x`, {})).status).toBe(400);
  });

  test('reaches an execution that Temporal’s own client started', async () => {
    const { client, taskQueue } = door.harness;
    const handle = await client.workflow.start('bare', { taskQueue, workflowId: `bare-${Date.now()}`, args: [{}] });
    await until(handle.workflowId, ({ steps }) => steps.length > 0);
    expect((await door.ask('POST', `/executions/${handle.workflowId}/signals/stop`, {})).status).toBe(409);
    expect((await door.ask('POST', `/executions/${handle.workflowId}/signals/go`, { n: 1 })).status).toBe(202);
    expect(await handle.result()).toMatchObject({ n: 1, by: 'unverified' });
  });
});

describe('cancel and terminate', () => {
  test('cancel stops a running execution, which still runs its finally; asked again it is the same', async () => {
    const id = await begin('tidy');
    await until(id, ({ steps }) => steps.length > 0);
    const path = `/executions/${id}/cancel`;
    expect((await door.ask('POST', path)).status).toBe(202);
    const ended = await until(id, ({ status }) => status !== 'running');
    expect(ended).toMatchObject({ status: 'cancelled', error: { type: 'cancelled' } });
    expect(ended.steps.map(({ path: one }: { path: string }) => one)).toEqual(['nap', 'finally.sweep']);
    expect((await door.ask('POST', path)).status).toBe(202);
  });

  test('terminate ends it at once, without its finally and with a reason that holds nothing of the client', async () => {
    const id = await begin('tidy');
    await until(id, ({ steps }) => steps.length > 0);
    const path = `/executions/${id}/terminate`;
    expect((await door.ask('POST', path)).status).toBe(202);
    const ended = await until(id, ({ status }) => status !== 'running');
    expect(ended.status).toBe('terminated');
    expect(ended.steps.map(({ path: one }: { path: string }) => one)).toEqual(['nap']);
    const { events } = await door.executions.history(id, { limit: 1000 });
    expect(events.at(-1)?.attributes['reason']).toBe('Terminated on request over the API.');
    expect((await door.ask('POST', path)).status).toBe(202);
    expect((await door.ask('POST', `/executions/${id}/cancel`)).status).toBe(409);
  });

  test('an execution that has ended takes no message: 409, and an unknown one is 404', async () => {
    const id = await nap(1);
    await until(id, ({ status }) => status === 'completed');
    for (const path of ['cancel', 'terminate', 'signals/go']) {
      const answer = await door.ask('POST', `/executions/${id}/${path}`, {});
      expect([answer.status, answer.body.type]).toEqual([409, 'conflict']);
      expect((await door.ask('POST', `/executions/none/${path}`, {})).status).toBe(404);
    }
  });
});

describe('bulk cancel', () => {
  test('takes executions by id and counts what became of each', async () => {
    const running = await Promise.all([nap(20_000), nap(20_000)]);
    const done = await nap(1);
    await until(done, ({ status }) => status === 'completed');
    const { status, body } = await bulk({ ids: [...running, running[0], done, 'none'] });
    expect([status, body]).toEqual([200, { matched: 4, cancelled: 2, ended: 1, unknown: 1, failed: 0 }]);
    for (const id of running) await until(id, (one) => one.status === 'cancelled');
  });

  test('takes all running ones of a workflow since a time, and no others', async () => {
    const before = await nap(20_000);
    await pause(1100);
    const since = new Date().toISOString();
    const [one, two, other] = await Promise.all([nap(20_000), nap(20_000), begin('tidy')]);
    for (let matched = 0, look = 0; matched < 2 && look < 50; look += 1) {
      const { body } = await bulk({ workflow: 'sleeper', since });
      matched += body.matched;
      expect(body.matched).toBe(body.cancelled + body.ended);
      await pause(100);
    }
    for (const id of [one, two]) await until(id, ({ status }) => status === 'cancelled');
    for (const id of [before, other]) expect((await door.ask('GET', `/executions/${id}`)).body.status).toBe('running');
    await bulk({ ids: [before, other] });
  });

  test('wants to be told which', async () => {
    for (const body of [{}, { cursor: 'x' }, { ids: [] }, { status: 'failed' }, { ids: ['a'], workflow: 'sleeper' }])
      expect([JSON.stringify(body), (await bulk(body)).status]).toEqual([JSON.stringify(body), 400]);
    expect((await bulk({ ids: Array.from({ length: 1001 }, (_, i) => `e${i}`) })).status).toBe(400);
    expect((await bulk({ status: 'running', cursor: '../x' })).status).toBe(400);
  });
});
