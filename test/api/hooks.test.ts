import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { sendRaw } from './bare-door';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

const secret = (letter: string): string => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`;

const definition = (trigger: string): string => `
name: Refund
version: 1.0.0
trigger:
${trigger}
steps: [ { name: keep, return: { payload: "\${trigger.payload}", event: "\${trigger.event}" } } ]
`;
const PAYLOAD =
  '  payload: { orderId: string, amount: number, email: { type: string, format: email }, note?: string }\n';

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    providers: [echoProvider()],
    contracts: ECHO_CONTRACTS,
    variables: {
      REFUND_WEBHOOK_SECRET: secret('a'),
      ROTATED_WEBHOOK_SECRET: `${secret('n')} ${secret('o')}`,
      PLAIN_WEBHOOK_SECRET: 'not-a-secret-of-this-kind',
      SHORT_WEBHOOK_SECRET: 'whsec_c2hvcnQ=',
    },
    definitions: {
      'refund.yaml': definition(
        `${PAYLOAD}  webhook:\n    verify: standard-webhooks\n    secret: REFUND_WEBHOOK_SECRET\n    payload:\n      orderId: "\${body.order.id}"\n      amount: "\${body.amount}"\n      email: "\${body.?email.orValue('none@example.com')}"\n      note: "\${body.?note}"\n`,
      ),
      'whole.yaml': definition(`${PAYLOAD}  webhook: { verify: standard-webhooks, secret: ROTATED_WEBHOOK_SECRET }\n`),
      'unset.yaml': definition('  webhook: { verify: standard-webhooks, secret: UNSET_WEBHOOK_SECRET }'),
      'plain.yaml': definition('  webhook: { verify: standard-webhooks, secret: PLAIN_WEBHOOK_SECRET }'),
      'short.yaml': definition('  webhook: { verify: standard-webhooks, secret: SHORT_WEBHOOK_SECRET }'),
      'quiet.yaml': definition('  event: refund.wanted'),
    },
  });
});
afterAll(() => door.close());

interface Sending {
  readonly secret?: string;
  readonly id?: string;
  readonly at?: Date;
  readonly headers?: Record<string, string>;
}

/** Signed by the reference library, as a sender would. */
function send(hook: string, body: unknown, sending: Sending = {}): Promise<Answer> {
  const { id = `msg_${randomUUID()}`, at = new Date(), headers = {} } = sending;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signature = new Webhook(sending.secret ?? secret('a')).sign(id, at, text);
  return door.ask('POST', `/hooks/${hook}`, text, {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signature,
    ...headers,
  });
}

const GOOD = { order: { id: 'o-1' }, amount: 12.5, email: 'ada@example.com' };
const WHOLE = { orderId: 'o-1', amount: 1, email: 'ada@example.com' };

test('a message signed by the reference library starts the definition with the payload that is made of it', async () => {
  const at = new Date();
  const { status, body, headers } = await send('refund', GOOD, { id: 'msg_first', at });
  expect([status, body.repeated]).toEqual([202, false]);
  expect(headers.get('location')).toBe(`/executions/${body.executionId}`);
  await door.executions.wait(body.executionId, AbortSignal.timeout(30_000));
  const { body: execution } = await door.ask('GET', body.links.self);
  expect(execution).toMatchObject({ status: 'completed', workflow: 'refund', origin: 'webhook' });
  expect(execution.output).toEqual({
    payload: { orderId: 'o-1', amount: 12.5, email: 'ada@example.com' },
    event: {
      id: 'msg_first',
      source: '/hooks/refund',
      type: 'webhook',
      time: new Date(Math.floor(at.getTime() / 1000) * 1000).toISOString(),
    },
  });
});

test('a message starts one execution, however often, at whatever moment and with whatever signature time it comes', async () => {
  const id = `msg_${randomUUID()}`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => send('refund', GOOD, { id })));
  expect(new Set(answers.map(({ body }) => body.executionId)).size).toBe(1);
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(19).fill(200), 202]);
  const [{ body } = { body: undefined }] = answers;
  await door.executions.wait(body.executionId, AbortSignal.timeout(30_000));
  const later = await send('refund', { ...GOOD, amount: 99 }, { id, at: new Date(Date.now() - 60_000) });
  expect([later.status, later.body.executionId, later.body.repeated]).toEqual([200, body.executionId, true]);
});

test('without a template the body is the payload', async () => {
  const { status, body } = await send('whole', WHOLE, { secret: secret('n') });
  expect(status).toBe(202);
  await door.executions.wait(body.executionId, AbortSignal.timeout(30_000));
  expect((await door.executions.describe(body.executionId)).output).toMatchObject({ payload: WHOLE });
});

describe('the signature', () => {
  const code = ({ status, body }: Answer): unknown => [status, body?.type];

  test('may be one of several, and of either of two secrets while one is replaced', async () => {
    for (const letter of ['n', 'o']) expect((await send('whole', WHOLE, { secret: secret(letter) })).status).toBe(202);
    const at = new Date();
    const id = 'msg_several';
    const right = new Webhook(secret('o')).sign(id, at, JSON.stringify(WHOLE));
    const wrong = new Webhook(secret('z')).sign(id, at, JSON.stringify(WHOLE));
    const signature = `v1a,AAAA ${wrong} ${right}`;
    const { status } = await send('whole', WHOLE, { id, at, headers: { 'webhook-signature': signature } });
    expect(status).toBe(202);
  });

  test.each<[string, Sending, unknown?]>([
    ['of another secret', { secret: secret('z') }],
    ["of another hook's secret", { secret: secret('n') }],
    ['five minutes and a second old', { at: new Date(Date.now() - 301_000) }],
    ['from the future', { at: new Date(Date.now() + 900_000) }],
    ['without an id', { headers: { 'webhook-id': '' } }],
    ['with another id', { headers: { 'webhook-id': 'msg_other' } }],
    ['with an id that holds a full stop', { id: 'msg.1' }],
    ['with another time', { headers: { 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 7) } }],
    ['with a time that is none', { headers: { 'webhook-timestamp': 'now' } }],
    ['with no signature', { headers: { 'webhook-signature': '' } }],
    ['with a signature of a version that is none', { headers: { 'webhook-signature': 'v0,AAAA' } }],
    ['with a signature cut short', { headers: { 'webhook-signature': 'v1,AAAA' } }],
  ])('%s is refused with 401, and nothing starts', async (_, sending) => {
    expect(code(await send('refund', GOOD, sending))).toEqual([401, 'authentication']);
  });

  test('is over the bytes: one other byte, or the same data written otherwise, is refused', async () => {
    const at = new Date();
    const sign = (text: string): string => new Webhook(secret('a')).sign('msg_bytes', at, text);
    const signature = sign(JSON.stringify(GOOD));
    const other = { id: 'msg_bytes', at, headers: { 'webhook-signature': signature } };
    expect(code(await send('refund', JSON.stringify(GOOD, null, 1), other))).toEqual([401, 'authentication']);
    expect(code(await send('refund', { ...GOOD, amount: 12.6 }, other))).toEqual([401, 'authentication']);
  });

  test('is over bytes also where they are not the shortest JSON', async () => {
    expect((await send('refund', `${JSON.stringify(GOOD, null, 2)}\r\n`)).status).toBe(202);
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('%s that comes twice is none', async (name) => {
    const at = new Date();
    const signed: Record<string, string> = {
      'webhook-id': 'msg_twice',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret('a')).sign('msg_twice', at, JSON.stringify(GOOD)),
    };
    const body = JSON.stringify(GOOD);
    const headers = Object.entries({ ...signed, 'content-type': 'application/json', connection: 'close' });
    const lines = [...headers, [name, signed[name] ?? '']].map(([key, value]) => `${key}: ${value}`);
    const head = `POST /hooks/refund HTTP/1.1\r\nHost: localhost\r\ncontent-length: ${body.length}\r\n`;
    const answer = await sendRaw(door.url, `${head}${lines.join('\r\n')}\r\n\r\n${body}`);
    expect(answer.split('\r\n', 1)).toEqual(['HTTP/1.1 401 Unauthorized']);
  });

  test('in hexadecimal is none', async () => {
    const at = new Date();
    const hex = createHmac('sha256', Buffer.from('a'.repeat(32)))
      .update(`msg_hex.${Math.floor(at.getTime() / 1000)}.${JSON.stringify(GOOD)}`)
      .digest('hex');
    const sending = { id: 'msg_hex', at, headers: { 'webhook-signature': `v1,${hex}` } };
    expect(code(await send('refund', GOOD, sending))).toEqual([401, 'authentication']);
  });

  test('is looked at before the body: what is not signed is not parsed', async () => {
    expect((await send('refund', '{ not json', { secret: secret('z') })).status).toBe(401);
  });
});

describe('a body', () => {
  const pointers = ({ body }: Answer): string[] => body.errors.map(({ pointer }: { pointer: string }) => pointer);

  test('that does not fit is refused with pointers into it', async () => {
    const made = await send('refund', { order: { id: 7 }, amount: 'much', email: 'nobody' });
    expect([made.status, made.body.type]).toEqual([400, 'validation']);
    expect(pointers(made).sort()).toEqual(['', '/amount', '/order/id']);
    expect(made.body.detail).toContain('/email');
    const whole = await send('whole', { orderId: 'o', amount: 'x', extra: 1 }, { secret: secret('n') });
    expect([whole.status, pointers(whole).sort()]).toEqual([400, ['/amount', '/email', '/extra']]);
  });

  test('that the payload cannot be made of is 422 and names the expression, not the data', async () => {
    const { status, body } = await send('refund', { amount: 1, email: 'secret@example.com' });
    expect([status, body.type]).toEqual([422, 'expression']);
    expect(body.detail).toContain('body.order.id');
    expect(JSON.stringify(body)).not.toContain('secret@');
  });

  test('that was refused can come again, mended, under the same id', async () => {
    const id = `msg_${randomUUID()}`;
    expect((await send('refund', { ...GOOD, amount: 'x' }, { id })).status).toBe(400);
    expect((await send('refund', GOOD, { id })).status).toBe(202);
  });

  test('that is not JSON, too large, or of another type is refused', async () => {
    expect((await send('refund', '{ not json')).status).toBe(400);
    expect((await send('refund', { ...GOOD, note: 'x'.repeat(1024 * 1024) })).status).toBe(413);
    expect((await send('refund', GOOD, { headers: { 'Content-Type': 'text/plain' } })).status).toBe(415);
  });
});

test('where no webhook is, there is a bare 404: of an unknown id, and of a definition without one', async () => {
  for (const hook of ['refunds', 'quiet']) {
    const { status, body } = await send(hook, GOOD);
    expect([status, body.detail]).toEqual([404, `There is no webhook at /hooks/${hook}.`]);
  }
});

test('a secret that is not set, not of this kind or too short is 503 and says which variable, never what it holds', async () => {
  for (const [hook, variable] of [
    ['unset', 'UNSET_WEBHOOK_SECRET'],
    ['plain', 'PLAIN_WEBHOOK_SECRET'],
    ['short', 'SHORT_WEBHOOK_SECRET'],
  ] as const) {
    const { status, body, text } = await send(hook, {});
    expect([status, body.type]).toEqual([503, 'provider-unavailable']);
    expect(body.detail).toContain(variable);
    expect(text).not.toMatch(/not-a-secret|c2hvcnQ/);
    const { body: detail } = await door.ask('GET', `/workflows/${hook}`);
    expect(detail.webhook).toMatchObject({ address: `/hooks/${hook}`, secret: variable, ready: false });
  }
  expect((await door.ask('GET', '/workflows/refund')).body.webhook).toEqual({
    address: '/hooks/refund',
    verify: 'standard-webhooks',
    secret: 'REFUND_WEBHOOK_SECRET',
    ready: true,
  });
});
