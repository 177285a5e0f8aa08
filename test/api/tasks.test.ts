import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

const REVIEW = `
name: Review
version: 1.0.0
trigger: { payload: { text: string } }
steps:
  - name: review
    description: Is it fit to be sent?
    waitFor:
      signal: decision
      from: [reviewer]
      form: { approved: boolean, comment?: string }
      timeout: 1h
output: { approved: "\${steps.review.output.approved}", by: "\${steps.review.output.by}" }
`;

const OPEN = `
name: Open question
version: 1.0.0
steps:
  - { name: nap, tool: echo.sleep, provider: echo, input: { ms: 800 } }
  - { name: ask, waitFor: { signal: go, form: { n: number } } }
output: "\${steps.ask.output.n}"
`;

const MANY = `
name: Many questions
version: 1.0.0
steps:
  - name: sides
    parallel:
      left: { waitFor: { signal: left, from: [lefty], form: { ok: boolean } } }
      right:
        - name: each
          forEach: "[10, 20]"
          as: item
          steps:
            - { name: rate, waitFor: { signal: rate, from: [rater], form: { stars: number } } }
output: "\${steps.each.output}"
`;

const PATIENCE = `
name: Patience
version: 1.0.0
steps:
  - name: ask
    waitFor:
      signal: ok
      from: [clerk]
      form: { ok: boolean }
      timeout: 30s
      reminders:
        - { every: 1s, steps: [{ name: nudge, tool: echo.say, provider: echo, input: { text: hurry } }] }
        - { after: 1500ms, to: [lead] }
`;

const SHORT = `
name: Short
version: 1.0.0
steps:
  - { name: ask, waitFor: { signal: ok, form: { ok: boolean }, timeout: 700ms, onTimeout: continue } }
  - { name: nap, tool: echo.sleep, provider: echo, input: { ms: 20000 } }
`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    providers: [echoProvider()],
    contracts: ECHO_CONTRACTS,
    definitions: {
      'review.yaml': REVIEW,
      'open-question.yaml': OPEN,
      'many-questions.yaml': MANY,
      'patience.yaml': PATIENCE,
      'short.yaml': SHORT,
    },
  });
});
afterAll(() => door.close());

const begin = async (name: string, payload: object = {}): Promise<string> =>
  (await door.ask('POST', `/workflows/${name}/execute`, { payload })).body.executionId as string;

/** Tasks of one execution, once there are as many. */
async function tasks(executionId: string, count = 1, query = ''): Promise<Answer['body'][]> {
  for (let look = 0; ; look += 1) {
    const { body } = await door.ask('GET', `/tasks${query}`);
    const own = body.tasks.filter((task: Answer['body']) => task.executionId === executionId);
    if (own.length === count) return own;
    if (look > 100) throw new Error(`${own.length} tasks instead of ${count}`);
    await pause(100);
  }
}

interface Person {
  readonly by?: string;
  /** What the question's `from` may name. */
  readonly roles?: readonly string[];
}

type Said = Person & Readonly<Record<string, unknown>>;

/** Somebody else than who started the executions. */
const person = ({ by = 'nina', roles = [] }: Person) => door.as(by, ['operator'], roles);

async function say(verb: 'answer' | 'delegate', id: string, said: Said, headers = {}): Promise<Answer> {
  const { by, roles, ...body } = said;
  const who = await person({ ...(by === undefined ? {} : { by }), ...(roles === undefined ? {} : { roles }) });
  return door.ask('POST', `/tasks/${id}/${verb}`, body, { ...who, ...headers });
}

const answer = (id: string, said: Said, headers = {}): Promise<Answer> => say('answer', id, said, headers);

async function ended(executionId: string): Promise<Answer['body']> {
  await door.executions.wait(executionId, AbortSignal.timeout(30_000));
  return (await door.ask('GET', `/executions/${executionId}`)).body;
}

describe('an open task', () => {
  test('is found with its form, its roles and its deadline, and is the same by its id', async () => {
    const executionId = await begin('review', { text: 't' });
    const [task] = await tasks(executionId);
    expect(task).toMatchObject({
      workflow: 'review',
      step: 'review',
      path: 'review',
      description: 'Is it fit to be sent?',
      signal: 'decision',
      status: 'open',
      roles: ['reviewer'],
      reminded: 0,
      refused: 0,
      form: { type: 'object', required: ['approved'], properties: { approved: { type: 'boolean' } } },
      links: { answer: `/tasks/${task.id}/answer`, execution: `/executions/${executionId}` },
    });
    expect(Date.parse(task.deadline) - Date.parse(task.openedAt)).toBe(3_600_000);
    expect(Buffer.from(task.id, 'base64url').toString()).toBe(`${executionId}\nreview`);
    expect((await door.ask('GET', `/tasks/${task.id}`)).body).toEqual(task);
  });

  test('is shown to those who may answer it', async () => {
    const executionId = await begin('review', { text: 't' });
    await tasks(executionId, 1, '?role=reviewer');
    await tasks(executionId, 1, '?workflow=review');
    await tasks(executionId, 0, '?role=clerk');
    await tasks(executionId, 0, '?role=review');
    await tasks(executionId, 0, '?workflow=patience');
  });

  test('for anyone is shown to every role', async () => {
    const executionId = await begin('open-question');
    const [task] = await tasks(executionId, 1, '?role=whoever');
    expect(task.roles).toEqual([]);
    expect((await answer(task.id, { data: { n: 7 } })).body.answer).toMatchObject({ data: { n: 7 }, by: 'nina' });
    expect(await ended(executionId)).toMatchObject({ status: 'completed', output: 7 });
  });
});

describe('an answer', () => {
  test('is recorded with who gave it and when, and the execution goes on with it', async () => {
    const executionId = await begin('review', { text: 't' });
    const [task] = await tasks(executionId);
    const given = await answer(task.id, { data: { approved: true, comment: 'fine' }, by: 'ada', roles: ['reviewer'] });
    expect(given.status).toBe(200);
    expect(given.body).toMatchObject({
      id: task.id,
      status: 'answered',
      answer: { data: { approved: true, comment: 'fine' }, by: 'ada' },
    });
    expect(await ended(executionId)).toMatchObject({ status: 'completed', output: { approved: true, by: 'ada' } });
    expect((await door.ask('GET', `/tasks/${task.id}`)).body).toEqual(given.body);
    await tasks(executionId, 0);
  });

  test('that does not fit, or comes from another role, is refused and leaves no trace', async () => {
    const executionId = await begin('review', { text: 't' });
    const [task] = await tasks(executionId);
    const events = async () => (await door.executions.history(executionId, { limit: 1000 })).events.length;
    const before = await events();
    const wrong = await answer(task.id, { data: { approved: 'yes', extra: 1 }, roles: ['reviewer'] });
    expect([wrong.status, wrong.body.type]).toEqual([400, 'validation']);
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/data/approved',
      '/data/extra',
    ]);
    const stranger = await answer(task.id, { data: { approved: true }, by: 'eve', roles: ['clerk'] });
    expect([stranger.status, stranger.body.type]).toEqual([403, 'authorization']);
    expect(stranger.body.detail).toContain('reviewer');
    const roleless = await answer(task.id, { data: { approved: true } });
    expect(roleless.status).toBe(403);
    expect(await events()).toBe(before);
    const shapeless = await answer(task.id, { approved: true });
    expect(shapeless.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/data', '/approved']);
  });

  test('of two at once one wins and the other is told by whom', async () => {
    const executionId = await begin('review', { text: 't' });
    const [task] = await tasks(executionId);
    const both = await Promise.all(
      ['ada', 'bob'].map((by) => answer(task.id, { data: { approved: true }, by, roles: ['reviewer'] })),
    );
    const [won, lost] = both.sort((a, b) => a.status - b.status);
    expect([won?.status, lost?.status, lost?.body.type]).toEqual([200, 409, 'conflict']);
    expect(lost?.body.data.by).toBe(won?.body.answer.by);
    const late = await answer(task.id, { data: { approved: true }, by: 'eve', roles: ['reviewer'] });
    expect([late.status, late.body.data.by]).toEqual([409, won?.body.answer.by]);
    // One is told from the execution's memory, the other from the history, which may differ in the last millisecond.
    expect(Math.abs(Date.parse(late.body.data.at) - Date.parse(won?.body.answer.at))).toBeLessThan(10);
  });

  test('to what was never asked is 404', async () => {
    const executionId = await begin('review', { text: 't' });
    await tasks(executionId);
    const id = (text: string) => Buffer.from(text).toString('base64url');
    for (const unknown of ['x', '***', id('none\nreview'), id(`${executionId}\nother`), id(executionId)]) {
      const path = `/tasks/${encodeURIComponent(unknown)}`;
      expect((await door.ask('GET', path)).status).toBe(404);
      expect((await answer(encodeURIComponent(unknown), { data: {} })).status).toBe(404);
    }
  });

  test('to what nobody waits for any more is 409', async () => {
    const executionId = await begin('short');
    const [task] = await tasks(executionId);
    await tasks(executionId, 0);
    expect((await door.ask('GET', `/tasks/${task.id}`)).body.status).toBe('closed');
    const late = await answer(task.id, { data: { ok: true } });
    expect([late.status, late.body.type]).toEqual([409, 'conflict']);
    await door.executions.cancel(executionId);
  });

  test('sent again with its key is the same answer, before the end and after it; another answer is 422', async () => {
    const executionId = await begin('review', { text: 't' });
    const [task] = await tasks(executionId);
    const key = { 'Idempotency-Key': `k ${executionId}` };
    const body = { data: { approved: false }, by: 'ada', roles: ['reviewer'] };
    expect((await answer(task.id, { ...body, roles: ['clerk'] }, key)).status).toBe(403);
    const twice = await Promise.all([answer(task.id, body, key), answer(task.id, body, key)]);
    expect(twice.map(({ status }) => status)).toEqual([200, 200]);
    await ended(executionId);
    const again = await answer(task.id, body, key);
    expect([again.status, again.body.answer]).toMatchObject([200, { data: { approved: false }, by: 'ada' }]);
    expect(Math.abs(Date.parse(again.body.answer.at) - Date.parse(twice[0]?.body.answer.at))).toBeLessThanOrEqual(1);
    expect((await answer(task.id, { ...body, data: { approved: true } }, key)).status).toBe(422);
  });
});

describe('delegating', () => {
  const delegate = (id: string, said: Said): Promise<Answer> => say('delegate', id, said);

  test('to a role and to somebody by name lets them answer too, is shown with who did it, and is found by both', async () => {
    const executionId = await begin('review', { text: 't' });
    const [task] = await tasks(executionId);
    expect((await delegate(task.id, { to: { role: 'lead' }, by: 'eve', roles: ['clerk'] })).status).toBe(403);
    const lead = await delegate(task.id, { to: { role: 'lead' }, by: 'bob', roles: ['reviewer'] });
    expect([lead.status, lead.body.roles]).toEqual([200, ['reviewer', 'lead']]);
    expect((await answer(task.id, { data: { approved: true }, by: 'ada' })).status).toBe(403);
    const again = { to: { person: 'ada' }, by: 'lea', roles: ['lead'] };
    expect((await delegate(task.id, again)).status).toBe(200);
    const { body } = await delegate(task.id, again);
    expect(body).toMatchObject({
      people: ['ada'],
      delegations: [
        { to: { role: 'lead' }, by: 'bob', at: expect.any(String) },
        { to: { person: 'ada' }, by: 'lea', at: expect.any(String) },
      ],
      links: { delegate: `/tasks/${task.id}/delegate` },
    });
    await tasks(executionId, 1, '?role=lead');
    await tasks(executionId, 1, '?person=ada');
    await tasks(executionId, 0, '?person=bob');
    await tasks(executionId, 0, '?role=clerk');
    await tasks(executionId, 1, '?role=clerk&person=ada');
    const given = await answer(task.id, { data: { approved: true }, by: 'ada' });
    expect([given.status, given.body.answer.by]).toEqual([200, 'ada']);
    const late = await delegate(task.id, { ...again, to: { person: 'eve' } });
    expect([late.status, late.body.data.by]).toEqual([409, 'ada']);
    expect(await ended(executionId)).toMatchObject({ output: { by: 'ada' } });
  });

  test('what anyone may answer is 409, a wrong body 400, an unknown task 404', async () => {
    const executionId = await begin('short');
    const [task] = await tasks(executionId);
    expect((await delegate(task.id, { to: { role: 'lead' } })).status).toBe(409);
    for (const to of [{}, 'ada', { role: 'a b' }, { role: 'a', person: 'b' }])
      expect((await delegate(task.id, { to })).status).toBe(400);
    expect((await delegate(Buffer.from('none\nreview').toString('base64url'), { to: { role: 'x' } })).status).toBe(404);
    await door.executions.cancel(executionId);
  });
});

test('tasks inside parallel and forEach are answered one by one, and each lost race is told', async () => {
  const executionId = await begin('many-questions');
  const [side, first, second] = (await tasks(executionId, 3)).sort((a, b) => (a.path < b.path ? -1 : 1));
  expect([side.path, first.path, second.path]).toEqual([
    'sides.left',
    'sides.right.each[0].rate',
    'sides.right.each[1].rate',
  ]);
  for (const [task, stars] of [
    [second, 5],
    [first, 1],
  ]) {
    const given = await answer(task.id, { data: { stars }, by: 'ada', roles: ['rater'] });
    expect([given.status, given.body.status, given.body.answer.by]).toEqual([200, 'answered', 'ada']);
    const late = await answer(task.id, { data: { stars }, by: 'bob', roles: ['rater'] });
    expect([late.status, late.body.data?.by]).toEqual([409, 'ada']);
  }
  expect((await answer(side.id, { data: { ok: true }, by: 'eve', roles: ['lefty'] })).status).toBe(200);
  expect((await ended(executionId)).output).toMatchObject([{ stars: 1 }, { stars: 5 }]);
});

test('reminders come again and again, and let others answer', async () => {
  const executionId = await begin('patience');
  const [task] = await tasks(executionId);
  expect(task.roles).toEqual(['clerk']);
  expect((await answer(task.id, { data: { ok: true }, roles: ['lead'] })).status).toBe(403);
  await tasks(executionId, 1, '?role=lead');
  const { body: reminded } = await door.ask('GET', `/tasks/${task.id}`);
  expect(reminded.roles).toEqual(['clerk', 'lead']);
  expect(reminded.reminded).toBeGreaterThanOrEqual(2);
  expect((await answer(task.id, { data: { ok: true }, by: 'leo', roles: ['lead'] })).status).toBe(200);
  expect(await ended(executionId)).toMatchObject({ status: 'completed', output: { ok: true, by: 'leo' } });
});

test('a task outlives its worker: without one it is listed as out of reach, with the next one it is answered', async () => {
  const executionId = await begin('review', { text: 't' });
  const [task] = await tasks(executionId);
  await door.harness.engine.stop();
  const { body } = await door.ask('GET', '/tasks?workflow=review');
  expect(body.unreachable).toContain(executionId);
  await door.harness.startAnotherEngine();
  const given = await answer(task.id, { data: { approved: true }, by: 'ada', roles: ['reviewer'] });
  expect(given.status).toBe(200);
  expect(await ended(executionId)).toMatchObject({ status: 'completed' });
});
