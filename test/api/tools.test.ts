import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider, keyless } from './echo-tools';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [echoProvider(), keyless], contracts: ECHO_CONTRACTS, definitions: DEFINITIONS });
});
afterAll(() => door.close());

const call = (path: string, body: unknown, headers?: Record<string, string>): Promise<Answer> =>
  door.ask('POST', `/tools/${path}`, body, headers);

describe('a tool call', () => {
  test('answers with output, duration, provider and usage', async () => {
    const { status, body } = await call('echo/say/echo', { input: { text: 'hi' }, context: { userId: 'u' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      output: { text: 'hi', length: 2 },
      provider: 'echo',
      usage: { inputTokens: 3 },
    });
    expect(body.duration).toBeGreaterThan(0);
    const { body: execution } = await door.ask('GET', `/executions/${body.executionId}`);
    expect(execution).toMatchObject({ workflow: 'tool-call', status: 'completed' });
  });

  test('that fails is 200 with the problem', async () => {
    const { status, body } = await call('echo/break/echo', { input: {} });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, provider: 'echo', error: { type: 'tool-error' } });
    expect(body).not.toHaveProperty('output');
  });

  test('of a provider without its key is 200 with what is missing', async () => {
    const { status, body } = await call('echo/say/keyless', { input: { text: 'hi' } });
    expect([status, body.success, body.error.type]).toEqual([200, false, 'provider-unavailable']);
    expect(body.error.detail).toContain('KEYLESS_KEY');
  });

  test('with a wrong input is 400 with pointers', async () => {
    const { status, body } = await call('echo/say/echo', { input: { text: 1, loud: true } });
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/input/loud',
      '/input/text',
    ]);
  });

  test('without an input is 400', async () => {
    expect((await call('echo/say/echo', {})).body.errors[0].pointer).toBe('/input');
  });

  test('of an unknown tool or provider is 404 with the nearest name', async () => {
    const tool = await call('echo/sai/echo', { input: {} });
    expect([tool.status, tool.body.data]).toEqual([404, { suggestion: 'echo.say' }]);
    const provider = await call('echo/say/ecko', { input: { text: 'x' } });
    expect([provider.status, provider.body.data]).toEqual([404, { suggestion: 'echo' }]);
    expect((await call('echo/sleep/keyless', { input: { ms: 1 } })).status).toBe(404);
  });

  test('that takes longer than the wait is 202 with its address', async () => {
    const { status, headers } = await call('echo/sleep/echo', { input: { ms: 4000 } }, { Prefer: 'wait=1' });
    expect(status).toBe(202);
    expect(headers.get('location')).toMatch(/^\/executions\/tool-call-/);
  });

  test('with the same Idempotency-Key is made once', async () => {
    const key = { 'Idempotency-Key': 'tool-once' };
    const first = await call('echo/say/echo', { input: { text: 'one' } }, key);
    const again = await call('echo/say/echo', { input: { text: 'one' } }, key);
    expect(again.body.executionId).toBe(first.body.executionId);
    expect((await call('echo/say/echo', { input: { text: 'two' } }, key)).status).toBe(422);
  });
});

describe('lists', () => {
  test('tools tell their contracts as JSON Schema and who provides them', async () => {
    const { body } = await door.ask('GET', '/tools');
    const say = body.tools.find(({ name }: { name: string }) => name === 'echo.say');
    expect(say).toMatchObject({
      input: {
        type: 'object',
        properties: { text: { type: 'string' } },
        required: ['text'],
        additionalProperties: false,
      },
      providers: [
        { name: 'echo', configured: true, status: 'healthy', standing: { breaker: 'closed' } },
        {
          name: 'keyless',
          configured: false,
          status: 'unconfigured',
          reason: 'Set KEYLESS_KEY to its API key.',
          model: 'small',
          price: { usdPerCall: 0.5 },
        },
      ],
    });
    expect(say.providers[0]).not.toHaveProperty('price');
    const names = body.tools.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['stt.transcribe', 'nlu.analyze', 'mt.translate', 'feedback.generate', 'tts.synthesize']),
    );
  });

  test('tools of one category or provider, and one tool by its name', async () => {
    const { body } = await door.ask('GET', '/tools?provider=keyless');
    expect(body.tools).toMatchObject([{ name: 'echo.say', providers: [{ name: 'keyless' }] }]);
    const { body: echoes } = await door.ask('GET', '/tools?category=echo');
    expect(echoes.tools.map(({ name }: { name: string }) => name)).toEqual(['echo.say', 'echo.sleep', 'echo.break']);
    const { body: one } = await door.ask('GET', '/tools/echo/break');
    expect(one).toMatchObject({ name: 'echo.break', idempotent: 'none', providers: [{ name: 'echo' }] });
    expect(one.example).toBe('- name: break\n  tool: echo.break\n  provider: echo\n  input: {}\n');
    const missing = await door.ask('GET', '/tools/echo/brake');
    expect([missing.status, missing.body.data]).toEqual([404, { suggestion: 'echo.break' }]);
  });

  test('servers tell how each provider stands', async () => {
    const { body } = await door.ask('GET', '/servers');
    const standing = Object.fromEntries(body.servers.map((server: Answer['body']) => [server.name, server.status]));
    expect(standing).toEqual({ echo: 'healthy', keyless: 'unconfigured' });
    const { body: keyless } = await door.ask('GET', '/servers/keyless');
    expect(keyless.standing).toMatchObject({ breaker: 'closed', underWay: 0 });
    expect(keyless.reason).toContain('KEYLESS_KEY');
    const { status, body: missing } = await door.ask('GET', '/servers/ekho');
    expect([status, missing.data]).toEqual([404, { suggestion: 'echo' }]);
  });
});
