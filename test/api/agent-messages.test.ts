/** Messages to agents over HTTP: what is taken, what is refused, and who sees what. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_POOL } from '../../src/plan/agent';
import type { Door } from './door';
import { openDoor } from './door';

const AGENT = 'clerk-001';
const ADDRESS = `/agents/${AGENT}/messages`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: {} });
  // Nobody works for it: its mail waits.
  await door.harness.agents.registry.register({
    id: AGENT,
    name: 'Clerk',
    type: 'clerk',
    pool: DEFAULT_POOL,
    capabilities: ['file'],
    maxConcurrency: 1,
    priority: 'normal',
    config: {},
    metadata: {},
  });
}, 60_000);
afterAll(() => door.close());

const send = (body: object, headers = {}, to = AGENT) => door.ask('POST', `/agents/${to}/messages`, body, headers);

test('a message is on record at once, under one id however often it is sent, and can be read again', async () => {
  const key = { 'idempotency-key': 'form-7' };
  const first = await send({ type: 'file', payload: { form: 7 }, priority: 'high', correlationId: 'c-7' }, key);
  expect(first).toMatchObject({
    status: 202,
    body: { state: 'accepted', from: 'somebody', to: AGENT, priority: 'high' },
  });
  const again = await send({ type: 'file', payload: { form: 7 }, priority: 'high', correlationId: 'c-7' }, key);
  expect(again.body.id).toBe(first.body.id);
  expect((await send({ type: 'file', payload: { form: 8 } }, key)).status).toBe(422);
  const location = first.headers.get('location') ?? '';
  expect(await door.ask('GET', location)).toMatchObject({
    status: 200,
    body: { payload: { form: 7 }, correlationId: 'c-7' },
  });
  const listed = await door.ask('GET', `${ADDRESS}?correlationId=c-7&state=accepted`);
  expect(listed.body.messages).toMatchObject([{ id: first.body.id }]);
  expect(listed.body.messages[0]).not.toHaveProperty('payload');
  const answer = await door.ask('POST', `${location}/answer`, { data: 1 });
  expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining('accepted') } });
});

test('who waits is answered when the message is settled, and 202 when it is not', async () => {
  const past = new Date(Date.now() - 1_000).toISOString();
  const expired = await send({ type: 'file', payload: 1, expiresAt: past }, { prefer: 'wait=30' });
  expect(expired).toMatchObject({ status: 200, body: { state: 'expired' } });
  const waiting = await send({ type: 'file', payload: 1 }, { prefer: 'wait=0' });
  expect([waiting.status, waiting.headers.get('preference-applied')]).toEqual([202, 'wait=0']);
}, 60_000);

test('pages follow each other without a gap', async () => {
  await send({ type: 'file', payload: 2 });
  const ids: string[] = [];
  let next: string | undefined;
  do {
    const page = await door.ask('GET', `${ADDRESS}?limit=2${next === undefined ? '' : `&cursor=${next}`}`);
    ids.push(...page.body.messages.map(({ id }: { id: string }) => id));
    next = page.body.next;
  } while (next !== undefined);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength((await door.ask('GET', ADDRESS)).body.messages.length);
});

test('what is wrong is refused with what is right', async () => {
  const refused = async (answer: Promise<{ status: number; body: { detail: string } }>) => {
    const { status, body } = await answer;
    return `${status} ${body.detail}`;
  };
  expect(await refused(send({ type: 'file' }, {}, 'clerk-009'))).toMatch(/^404 .*clerk-009.*clerk-001/);
  expect(await refused(send({ type: 'file' }, {}, 'type:pilot'))).toMatch(/^404 .*pilot/);
  expect(await refused(send({ type: 'file' }, {}, 'task:gone'))).toMatch(/^409 .*does not run/);
  expect(await refused(send({ type: 'fly' }))).toMatch(/^400 .*file/);
  expect(await refused(send({ type: 'file', colour: 1 }))).toMatch(/^400 .*colour/);
  expect(await refused(send({ type: 'file', replyWithinMs: 0 }))).toMatch(/^400 .*replyWithinMs/);
  expect(await refused(send({ type: 'file', payload: 'x'.repeat(265_000) }))).toMatch(/^413 /);
  expect((await send({ type: 'file', payload: 'x'.repeat(290_000) })).status).toBe(413);
  expect((await door.ask('GET', `${ADDRESS}/msg-none`)).status).toBe(404);
  expect((await door.ask('GET', '/agents/clerk-009/messages')).status).toBe(404);
});

test('an agent speaks for itself, and sees the mail that it sent or got', async () => {
  const clerk = await door.as(AGENT, ['agent']);
  const other = await door.as('pilot-001', ['agent']);
  const viewer = await door.as('reader', ['viewer']);
  const forged = await send({ type: 'file', from: 'boss' }, other);
  expect(forged).toMatchObject({ status: 403, body: { detail: expect.stringContaining('boss') } });
  const own = await send({ type: 'file', payload: { pin: 1234 } }, other);
  expect(own.body).toMatchObject({ from: 'pilot-001' });
  const location = own.headers.get('location') ?? '';
  const readBy = (who: Record<string, string>) => door.ask('GET', location, undefined, who);
  expect((await readBy(clerk)).body.payload).toEqual({ pin: 1234 });
  expect((await readBy(viewer)).body.payload).toEqual({ pin: '[hidden]' });
  expect((await readBy(await door.as('spy-001', ['agent']))).status).toBe(404);
  const seen = await door.ask('GET', ADDRESS, undefined, other);
  expect(seen.body.messages).toMatchObject([{ id: own.body.id }]);
  expect((await door.ask('POST', `${location}/answer`, { data: 1 }, other)).status).toBe(403);
  expect((await send({ type: 'file' }, viewer)).status).toBe(403);
});

test('one mailbox takes so many and says so, also to many who send at once', async () => {
  const { agents } = door.harness;
  await agents.registry.register({
    id: 'slow-001',
    name: 'Slow',
    type: 'slow',
    pool: DEFAULT_POOL,
    capabilities: ['file'],
    maxConcurrency: 1,
    priority: 'normal',
    config: {},
    metadata: {},
  });
  const answers = await Promise.all(
    Array.from({ length: 205 }, () => send({ type: 'file', payload: 0 }, {}, 'slow-001')),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect([refused.length, answers.filter(({ status }) => status === 202).length]).toEqual([5, 200]);
  expect(refused[0]?.headers.get('retry-after')).toBe('5');
}, 60_000);
