/** What holds for a completion in one piece holds for one that is streamed; and beyond it, what is seen of it on the way. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEEPSEEK } from '../../src/providers/deepseek';
import type { DefinedProvider } from '../../src/providers/define-provider';
import { GROK } from '../../src/providers/grok';
import { MINIMAX } from '../../src/providers/minimax';
import { OPENROUTER } from '../../src/providers/openrouter';
import { QWEN } from '../../src/providers/qwen';
import type { AnswerUsage, CallContext, Provider } from '../../src/tools/tool';
import { callTool, describeProvider, failureOf, providerOf, until, type VendorToolCase } from '../contracts/provider';
import { CHAT_CALLS } from './chat-calls';
import * as dialects from '../stubs/dialects';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';

const calls = CHAT_CALLS.filter(({ tool }) => tool === 'llm.chat' || tool === 'llm.object');
const chat = calls.find(({ tool }) => tool === 'llm.chat') as VendorToolCase;

/** Its chat tools, each call of which somebody looks on at. */
const STREAMED: DefinedProvider = {
  ...OPENROUTER,
  create(settings) {
    const provider = OPENROUTER.create(settings);
    const seen = calls.flatMap(({ tool: name }) => {
      const tool = provider.tools[name];
      const run = (input: never, call: CallContext) => tool?.(input, { ...call, partial: () => undefined });
      return [[name, run] as const];
    });
    return { ...provider, tools: Object.fromEntries(seen) as Provider['tools'] };
  },
};

describeProvider({ provider: STREAMED, stub: startOpenAiStub, calls, errorsInside: ['body', 'choice'] });

describe('a streamed completion', () => {
  let stub: Stub;
  let provider: Provider;
  let told: string[];
  let used: AnswerUsage[];
  const seen = (): Partial<CallContext> => ({
    partial: (text) => void told.push(text),
    used: (usage) => void used.push(usage),
  });

  beforeEach(async () => {
    stub = await startOpenAiStub();
    provider = providerOf({ provider: OPENROUTER }, stub);
    told = [];
    used = [];
  });
  afterEach(() => stub.close());

  test('gives the output and usage of the plain one, and is asked for only when somebody looks on', async () => {
    const plain = await callTool(provider, chat);
    expect(stub.calls[0]?.body).not.toHaveProperty('stream');
    expect(await callTool(provider, chat, seen())).toEqual(plain);
    expect(stub.calls[1]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(told.at(-1)).toBe('You said: Who is Ana?');
  });

  test('is seen before it is whole', async () => {
    let go: (how: 'rest') => void = () => undefined;
    stub.next({ kind: 'held', until: new Promise((resolve) => (go = resolve)) });
    const answer = callTool(provider, chat, seen());
    await until(() => told.some((text) => text !== ''));
    expect('You said: Who is Ana?'.startsWith(told.at(-1) ?? '?')).toBe(true);
    go('rest');
    expect((await answer).output).toEqual({ text: 'You said: Who is Ana?' });
  });

  test('that breaks in the middle is a broken answer, with what it has used so far', async () => {
    stub.next({ kind: 'truncated' });
    const error = await failureOf(callTool(provider, chat, seen()));
    expect([error.problem.type, error.retryable]).toEqual(['tool-error', true]);
    const written = told.at(-1) ?? '';
    expect(written).not.toBe('');
    expect(used.at(-1)).toMatchObject({ estimated: true, outputTokens: Math.floor(written.length / 4) });
    expect(used.at(-1)?.inputTokens).toBeGreaterThan(0);
  });

  test('that is cancelled closes its socket', async () => {
    const cancel = new AbortController();
    stub.next({ kind: 'held', until: new Promise(() => undefined) });
    const failed = failureOf(callTool(provider, chat, { ...seen(), signal: cancel.signal }));
    await until(() => told.some((text) => text !== ''));
    cancel.abort();
    expect((await failed).problem.type).toBe('cancelled');
    await until(() => stub.calls[0]?.closedAt !== undefined);
  });

  test('whose vendor answers in one piece all the same is taken', async () => {
    stub.next({ kind: 'misfit' });
    const { output } = await callTool(provider, calls[1] as VendorToolCase, seen());
    expect(output).toEqual({ risk: 0.2, reasons: ['late', 'foreign'] });
    expect(stub.calls).toHaveLength(2);
  });
});

/** A vendor that sends these events and ends. */
async function streamOf(events: readonly object[], work: (provider: Provider) => Promise<void>): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await work(providerOf({ provider: OPENROUTER }, { baseUrl, key: 'stub-key' }));
  server.closeAllConnections();
  server.close();
}

const piece = (content: string): object => ({ choices: [{ index: 0, delta: { content } }] });

describe('an error in a stream', () => {
  const error = {
    error: { code: 502, message: 'upstream: sk-canary' },
    choices: [{ delta: {}, finish_reason: 'error' }],
  };

  test('becomes the error of its code, and what was written before it is charged', async () => {
    await streamOf([piece('x'.repeat(400)), error], async (provider) => {
      const { problem } = await failureOf(callTool(provider, chat, { partial: () => undefined }));
      expect(problem).toMatchObject({ type: 'provider-unavailable', data: { usage: { outputTokens: 100 } } });
      expect(JSON.stringify(problem)).not.toContain('canary');
    });
  });

  test('before the first word costs nothing', async () => {
    await streamOf([error], async (provider) => {
      let used: AnswerUsage | undefined;
      const seen = { partial: () => undefined, used: (usage: AnswerUsage) => void (used = usage) };
      const { problem } = await failureOf(callTool(provider, chat, seen));
      expect(problem).not.toHaveProperty('data');
      expect(used).toEqual({});
    });
  });
});

test('without the usage in the stream, it is estimated and said to be', async () => {
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  await streamOf([piece('x'.repeat(400)), end], async (provider) => {
    const { usage } = await callTool(provider, chat, { partial: () => undefined });
    expect(usage).toMatchObject({ outputTokens: 100, inputTokens: expect.any(Number), estimated: true });
  });
});

test('what a model thinks aloud is not shown, however it is split', async () => {
  const told: string[] = [];
  const text = '<think>\nWho is she?\n</think>\n\nAna is a learner.';
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  await streamOf([...[...text].map(piece), end], async (provider) => {
    const { output } = await callTool(provider, chat, { partial: (all) => void told.push(all) });
    expect(output).toEqual({ text: 'Ana is a learner.' });
    for (const one of told) expect('Ana is a learner.'.startsWith(one)).toBe(true);
  });
});

describe.each([
  [DEEPSEEK, dialects.DEEPSEEK, true],
  [GROK, dialects.GROK, true],
  [QWEN, dialects.QWEN, true],
  [MINIMAX, dialects.MINIMAX, false],
] as const)('$provider', (provider, dialect, streams) => {
  test(`${streams ? 'streams' : 'does not stream'}, and answers the same`, async () => {
    const stub = await startOpenAiStub({ dialect });
    const here = providerOf({ provider }, stub);
    const plain = await callTool(here, chat);
    expect(await callTool(here, chat, { partial: () => undefined })).toEqual(plain);
    expect(Object.hasOwn(stub.calls[1]?.body as object, 'stream')).toBe(streams);
    await stub.close();
  });
});
