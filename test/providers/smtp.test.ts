/** `email.send` against a real mail server: what arrives, and what each refusal becomes. */
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createSmtpProvider } from '../../src/providers/smtp';
import { emailInput, emailOutput, type EmailOutput } from '../../src/tools/email-send';
import type { Provider } from '../../src/tools/tool';
import { contextOf, failureOf } from '../contracts/provider';
import { recordedTracing } from '../tracing/recorded';

const PASSWORD = 'canary-pass-81';
const HELLO = { to: 'ada@a.example', subject: 'Hello', text: 'Good morning.' };

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

interface Far {
  readonly provider: Provider;
  readonly port: number;
  readonly mails: readonly Mail[];
}

const servers: SMTPServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
});

/** Takes mail without a login unless told otherwise. */
async function mailServer(
  options: SMTPServerOptions = {},
  url = (port: number) => `smtp://127.0.0.1:${port}`,
): Promise<Far> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 10,
    logger: false,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = envelope;
        const source = Buffer.concat(chunks).toString('utf8');
        mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), source });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const variables = { SMTP_URL: url(port), EMAIL_FROM: 'Shöp <orders@shop.example>' };
  return { provider: createSmtpProvider(variables), port, mails };
}

function call(provider: Provider, input: object, extra = {}) {
  const run = provider.tools['email.send'];
  if (run === undefined) throw new Error('no tool');
  return run(emailInput.parse(input) as never, contextOf(extra));
}

async function send(provider: Provider, input: object, extra = {}): Promise<EmailOutput> {
  return emailOutput.parse((await call(provider, input, extra)).output);
}

const refusal = (code: number): Error => Object.assign(new Error(`no, ${PASSWORD}`), { responseCode: code });

describe('email.send', () => {
  test('in a trace it is a span with the server, and nothing of the message', async () => {
    const { tracing, spans } = recordedTracing();
    const { provider, port } = await mailServer();
    await tracing.begin('outer', {}, () => send(provider, HELLO));
    const [mail, outer] = await spans();
    expect(mail).toMatchObject({ name: 'SMTP', parent: outer?.spanId });
    expect(mail?.attributes).toEqual({
      'network.protocol.name': 'smtp',
      'server.address': '127.0.0.1',
      'server.port': port,
    });
  });

  test('delivers texts, files and all kinds of recipients, of which only some are shown', async () => {
    const { provider, mails } = await mailServer();
    const output = await send(provider, {
      ...HELLO,
      cc: ['bo@b.example'],
      bcc: 'cy@c.example',
      replyTo: 'help@shop.example',
      subject: 'Olá, Ada',
      html: '<p>Good morning.</p>',
      attachments: [{ name: 'bill.pdf', data: Buffer.from('%PDF-1').toString('base64') }],
    });
    expect(output).toMatchObject({ accepted: ['ada@a.example', 'bo@b.example', 'cy@c.example'], rejected: [] });
    const [{ from, to, source } = { from: '', to: [], source: '' }] = mails;
    expect([from, to]).toEqual(['orders@shop.example', output.accepted]);
    for (const part of [
      /^From: .+ <orders@shop\.example>\r$/m,
      /^To: ada@a\.example\r$/m,
      /^Cc: bo@b\.example\r$/m,
      /^Reply-To: help@shop\.example\r$/m,
      /^Subject: =\?UTF-8\?/m,
      /Content-Type: application\/pdf; name=bill\.pdf/,
      /JVBERi0x/,
      /text\/html/,
    ])
      expect(source).toMatch(part);
    expect(source).toContain(`Message-ID: ${output.id}`);
    expect(source).not.toContain('cy@c.example');
  });

  test('makes the Message-ID of the key of the call: the same for the same call, another for another', async () => {
    const { provider } = await mailServer();
    const ids: string[] = [];
    for (const idempotencyKey of ['a/send#1', 'a/send#1', 'a/send#2'])
      ids.push((await send(provider, HELLO, { idempotencyKey })).id);
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@shop\.example>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test('tells who was refused while others were not', async () => {
    const { provider } = await mailServer({
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('no') ? refusal(550) : null),
    });
    const output = await send(provider, { ...HELLO, to: ['ada@a.example', 'nobody@a.example'] });
    expect(output).toMatchObject({ accepted: ['ada@a.example'], rejected: ['nobody@a.example'] });
  });

  test('logs in where it is told to without TLS, and the probe tells a wrong password', async () => {
    const auth: SMTPServerOptions = {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        password === PASSWORD ? done(null, { user: username }) : done(refusal(535)),
    };
    const right = await mailServer(auth, (port) => `smtp://ada:${PASSWORD}@127.0.0.1:${port}?tls=optional`);
    const wrong = await mailServer(auth, (port) => `smtp://ada:wrong@127.0.0.1:${port}?tls=optional`);
    await right.provider.probe?.(new AbortController().signal);
    await send(right.provider, HELLO);
    expect(right.mails).toHaveLength(1);
    const error = await failureOf(wrong.provider.probe?.(new AbortController().signal) ?? Promise.resolve());
    expect(error.problem).toMatchObject({ type: 'authentication', provider: 'smtp' });
  });

  test('gives no password to a server without encryption, nor to one whose certificate nobody vouches for', async () => {
    const passwords: string[] = [];
    const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _session, done) => {
      passwords.push(password ?? '');
      done(null, { user: username });
    };
    const url = (port: number): string => `smtp://ada:${PASSWORD}@127.0.0.1:${port}`;
    for (const options of [{ allowInsecureAuth: true }, { disabledCommands: [] }]) {
      const { provider, mails } = await mailServer({ onAuth, ...options }, url);
      const error = await failureOf(call(provider, HELLO));
      expect(error.problem).toMatchObject({
        type: 'provider-unavailable',
        detail: expect.stringContaining('encryption'),
      });
      expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD);
      expect(mails).toEqual([]);
    }
    expect(passwords).toEqual([]);
  });

  test.each<[string, SMTPServerOptions, string, boolean]>([
    ['refuses the sender', { onMailFrom: (_a, _s, done) => done(refusal(550)) }, 'authorization', false],
    ['refuses every recipient', { onRcptTo: (_a, _s, done) => done(refusal(550)) }, 'validation', false],
    ['asks to come later', { onRcptTo: (_a, _s, done) => done(refusal(451)) }, 'provider-unavailable', true],
    ['finds it too large', { size: 10 }, 'too-large', false],
    [
      'refuses the content',
      { onData: (s, _x, done) => void s.resume().on('end', () => done(refusal(554))) },
      'tool-error',
      false,
    ],
    [
      'is lost after the content',
      { onData: (s, session) => void s.resume().on('end', () => drop(session.id)) },
      'outcome-unknown',
      false,
    ],
  ])('a server that %s', async (_what, options, type, retryable) => {
    const { provider } = await mailServer(options);
    const error = await failureOf(call(provider, HELLO));
    expect(error.undone).toBe(type !== 'outcome-unknown');
    expect({ type: error.problem.type, retryable: error.retryable, provider: error.problem.provider }).toEqual({
      type,
      retryable,
      provider: 'smtp',
    });
    expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD);
  });

  test('fails when nobody is there, in time, and at once when it is cancelled', async () => {
    const { provider, port } = await mailServer({ onMailFrom: () => undefined });
    expect((await failureOf(call(provider, HELLO, { timeoutMs: 200 }))).problem.type).toBe('timeout');
    const stop = new AbortController();
    const pending = failureOf(call(provider, HELLO, { signal: stop.signal }));
    stop.abort();
    expect((await pending).problem.type).toBe('cancelled');
    for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
    expect((await failureOf(call(provider, HELLO))).problem.type).toBe('provider-unavailable');
    expect(port).toBeGreaterThan(0);
  });

  test.each([
    [{}, 'SMTP_URL'],
    [{ SMTP_URL: 'http://mail.example', EMAIL_FROM: 'a@b.example' }, 'SMTP_URL'],
    [{ SMTP_URL: 'smtp://u:%zz@mail.example', EMAIL_FROM: 'a@b.example' }, 'SMTP_URL'],
    [{ SMTP_URL: 'smtp://mail.example' }, 'EMAIL_FROM'],
    [{ SMTP_URL: 'smtp://mail.example', EMAIL_FROM: 'a@b.example, c@d.example' }, 'EMAIL_FROM'],
    [{ SMTP_URL: 'smtp://mail.example', EMAIL_FROM: 'nobody' }, 'EMAIL_FROM'],
  ])('names the variable that is wrong in %j', async (variables, named) => {
    const provider = createSmtpProvider(variables);
    expect(provider.unconfigured).toContain(named);
    expect((await failureOf(call(provider, HELLO))).problem.type).toBe('authentication');
  });
});

describe('the contract of email.send', () => {
  test.each([
    ['a line break in the subject', { ...HELLO, subject: 'Hi\r\nBcc: eve@e.example' }],
    ['a line break in the name of a file', { ...HELLO, attachments: [{ name: 'a\nb', data: '' }] }],
    ['an address with more in it', { ...HELLO, to: 'ada@a.example\r\nRCPT TO:<eve@e.example>' }],
    ['two addresses in one', { ...HELLO, to: 'ada@a.example, eve@e.example' }],
    ['nobody', { ...HELLO, to: [] }],
    ['too many', { ...HELLO, to: Array(40).fill('a@a.example'), cc: Array(11).fill('a@a.example') }],
    ['no text at all', { to: 'ada@a.example', subject: 'Hi' }],
  ])('refuses %s', (_what, input) => {
    expect(emailInput.safeParse(input).success).toBe(false);
  });
});

/** Ends the connection without an answer. */
function drop(id: string): void {
  for (const server of servers)
    for (const connection of server.connections as Set<{ id: string; _socket: { destroy(): void } }>)
      if (connection.id === id) connection._socket.destroy();
}
