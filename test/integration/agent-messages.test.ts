/** Messages to agents on a real server: each acts once, waits for its agent, and is answered, late or refused in the open. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requestAnswer } from '../../src/agents/request';
import { inboxId, MAIL_SIGNAL } from '../../src/plan/agent-message';
import type { Json } from '../../src/plan/json';
import type { Harness } from '../support';
import { harness } from '../support';
import type { MailAgent } from './mail-agent';
import { MAIL_KEYS, mailAgent } from './mail-agent';

let parts: Harness;
const agents: MailAgent[] = [];
beforeAll(async () => {
  parts = await harness({ providers: [], keys: MAIL_KEYS });
}, 60_000);
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await parts.close();
});

/** Answers with what it was given, and remembers it; what `until` promises comes first. */
async function echo(config = {}, until: (input: Json) => Promise<unknown> = () => Promise.resolve()) {
  const seen: Json[] = [];
  const agent = await mailAgent(
    parts,
    async (input) => {
      seen.push(input);
      await until(input);
      return { echo: input };
    },
    config,
  );
  agents.push(agent);
  const send = (payload: Json, fields = {}) =>
    parts.agents.messages.send({ from: 'client-001', to: agent.id, type: 'act', payload, ...fields });
  return { agent, seen, send };
}

const settled = (id: string) => parts.agents.messages.wait(id, AbortSignal.timeout(60_000));
const ended = (agent: MailAgent) => parts.client.workflow.getHandle(inboxId(agent.id, parts.taskQueue)).result();

/** A promise and what keeps it. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test('a message that is sent and signalled many times acts once; mail to an agent that is away waits; an inbox without mail ends', async () => {
  const { agent, seen, send } = await echo();
  const sent = await Promise.all(Array.from({ length: 5 }, () => send({ n: 1 }, { idempotencyKey: 'one' })));
  const [{ messageId } = { messageId: '' }] = sent;
  expect(new Set(sent.map((one) => one.messageId)).size).toBe(1);
  await expect(send({ n: 2 }, { idempotencyKey: 'one' })).rejects.toMatchObject({ problem: { status: 422 } });
  const inbox = parts.client.workflow.getHandle(inboxId(agent.id, parts.taskQueue));
  await inbox.signal(MAIL_SIGNAL, { id: messageId, priority: 'normal' });
  expect(await parts.agents.messages.get(messageId)).toMatchObject({ state: 'accepted', payload: { n: 1 } });
  expect(seen).toEqual([]);
  await agent.comeBack();
  expect(await settled(messageId)).toMatchObject({ state: 'answered', answer: { echo: { n: 1 } }, taskId: messageId });
  await ended(agent);
  // Long after its end, too: the ledger knows it.
  await parts.client.workflow.signalWithStart('inbox:agent', {
    workflowId: inboxId(agent.id, parts.taskQueue),
    taskQueue: parts.taskQueue,
    args: [{ agent: agent.id }],
    signal: MAIL_SIGNAL,
    signalArgs: [{ id: messageId, priority: 'normal' }],
  });
  await ended(agent);
  expect(seen).toEqual([{ n: 1 }]);
}, 60_000);

test('one after the other by priority; a late answer is recorded and dropped; what nobody took in its time expires', async () => {
  const first = gate();
  const { agent, seen, send } = await echo({}, (input) => (input === 'first' ? first.opened : Promise.resolve()));
  await agent.comeBack();
  const late = await send('first', { replyWithinMs: 60_000 });
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const low = await send('low', { priority: 'low' });
  const critical = await send('critical', { priority: 'critical' });
  const brief = await send('brief', { expiresAt: new Date(Date.now() + 300) });
  expect(await settled(brief.messageId)).toMatchObject({ state: 'expired' });
  await parts.agents.messages.giveUp(late.messageId);
  first.open();
  const dropped = await settled(late.messageId);
  expect([dropped.state, dropped.answer]).toEqual(['late', undefined]);
  await Promise.all([settled(low.messageId), settled(critical.messageId)]);
  expect(seen).toEqual(['first', 'critical', 'low']);
}, 60_000);

test('who takes none while busy rejects; an explicit answer counts before that of the task', async () => {
  const first = gate();
  const { agent, seen, send } = await echo({ whenBusy: 'reject' }, () => first.opened);
  await agent.comeBack();
  const { messageId } = await send('first', { correlationId: 'question-7' });
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const refused = await settled((await send('second')).messageId);
  expect(refused).toMatchObject({ state: 'rejected', reason: expect.stringContaining('busy') });
  await parts.agents.messages.reply('question-7', 'by hand');
  first.open();
  await ended(agent);
  expect(await parts.agents.messages.get(messageId)).toMatchObject({ state: 'answered', answer: 'by hand' });
  await expect(parts.agents.messages.reply(messageId, 'again')).rejects.toMatchObject({
    problem: { type: 'conflict' },
  });
}, 60_000);

test('a broadcast goes to each once; receivers that are not there, and what one cannot do, are refused by name', async () => {
  const { agent, seen } = await echo();
  await agent.comeBack();
  const { messages } = parts.agents;
  const whole = { from: 'client-001', to: `type:${agent.type}`, type: 'act', payload: 'all', idempotencyKey: 'all' };
  const { messageId } = await messages.send(whole);
  await messages.send(whole);
  expect(await settled(`${messageId}.${agent.id}`)).toMatchObject({ state: 'answered', answer: { echo: 'all' } });
  expect(seen).toEqual(['all']);
  const refused = (fields: object, problem: object) =>
    expect(
      messages.send({ from: 'client-001', to: agent.id, type: 'act', payload: {}, ...fields }),
    ).rejects.toMatchObject({
      problem,
    });
  await refused({ to: 'nobody-001' }, { type: 'not-found', detail: expect.stringContaining('nobody-001') });
  await refused({ to: 'type:nobody' }, { type: 'not-found' });
  await refused({ to: 'task:gone' }, { type: 'conflict', detail: expect.stringContaining('does not run') });
  await refused({ type: 'fly' }, { type: 'validation', detail: expect.stringContaining('act') });
  await refused({ payload: 'x'.repeat(300_000) }, { type: 'too-large' });
}, 60_000);

test('a request is answered, or times out in order: what comes then is late, what had not begun expires', async () => {
  const slow = gate();
  const { agent, seen } = await echo({}, (input) => (input === 'slow' ? slow.opened : Promise.resolve()));
  const request = (payload: Json, replyWithinMs: number) =>
    requestAnswer(
      parts.agents.messages,
      { from: 'client-001', to: agent.id, type: 'act', payload, replyWithinMs },
      new AbortController().signal,
    );
  const idIn = async (asked: Promise<Json>): Promise<string> => {
    const error: unknown = await asked.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: { type: 'timeout', detail: expect.stringContaining(agent.id) } });
    return (error as { problem: { data: { messageId: string } } }).problem.data.messageId;
  };
  const away = await idIn(request('away', 200));
  expect(await settled(away)).toMatchObject({ state: 'expired' });
  await agent.comeBack();
  expect(await request('quick', 60_000)).toEqual({ echo: 'quick' });
  const late = await idIn(request('slow', 3_000));
  slow.open();
  if (seen.includes('slow')) expect((await settled(late)).state).toBe('late');
  else expect((await settled(late)).state).toBe('expired');
  expect((await settled(late)).answer).toBeUndefined();
}, 90_000);
