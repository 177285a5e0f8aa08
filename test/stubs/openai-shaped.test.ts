/** The stub is what it says it is: OpenAI's own client library takes it for the real thing. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { wav } from '../../src/providers/audio';
import * as dialects from './dialects';
import { seen } from './drawn-bytes';
import { startOpenAiStub } from './openai-shaped';
import { hear, speak, VOICE_RATE } from './spoken-bytes';
import type { Stub } from './stub';

const MODEL = 'google/gemini-3.1-flash-lite';

describe("the stub under OpenAI's client", () => {
  let stub: Stub;
  let client: OpenAI;
  beforeEach(async () => {
    stub = await startOpenAiStub();
    client = new OpenAI({ apiKey: stub.key, baseURL: stub.baseUrl, maxRetries: 0 });
  });
  afterEach(() => stub.close());

  const chat = (content: OpenAI.ChatCompletionUserMessageParam['content'], name?: string, properties: object = {}) =>
    client.chat.completions.create({
      model: MODEL,
      messages: [{ role: 'user', content }],
      ...(name === undefined
        ? {}
        : {
            response_format: {
              type: 'json_schema' as const,
              json_schema: {
                name,
                strict: true,
                schema: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
              },
            },
          }),
    });

  test('chat answers with a completion and its usage', async () => {
    const answer = await chat('Hello there, friend');
    expect(answer.choices[0]?.message.content).toBe('You said: Hello there, friend');
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 7, total_tokens: 11 });
  });

  test('a streamed chat comes in pieces, the usage with the last of them', async () => {
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: 'user', content: 'Hello there, friend' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('You said: Hello there, friend');
    expect(pieces.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(pieces.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 4, completion_tokens: 7 } });
    stub.next({ kind: 'cut', after: 'half' });
    const cut = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
    });
    await expect(
      (async () => {
        for await (const piece of cut) expect(piece.object).toBe('chat.completion.chunk');
      })(),
    ).rejects.toThrow();
  });

  test('chat with a JSON schema answers what the schema says', async () => {
    const text = JSON.stringify({ text: 'Good morning', sourceLanguage: 'en', targetLanguage: 'pt' });
    const answer = await chat(text, 'mt_translate', { translation: { type: 'string' } });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ translation: 'bom dia' });
  });

  test('chat hears input_audio, and a known recording by its hash', async () => {
    const spoken = wav({ pcm: speak('Bom dia'), sampleRate: VOICE_RATE, channels: 1 });
    const properties = { text: { type: 'string' }, language: { type: 'string' }, confidence: { type: 'number' } };
    const listen = (data: Buffer) =>
      chat(
        [
          { type: 'text', text: '{"language":"pt"}' },
          { type: 'input_audio', input_audio: { data: data.toString('base64'), format: 'wav' } },
        ],
        'stt_transcribe',
        properties,
      );
    expect(JSON.parse((await listen(spoken)).choices[0]?.message.content ?? '')).toMatchObject({ text: 'Bom dia' });
    const noise = wav({ pcm: Buffer.alloc(4800, 7), sampleRate: VOICE_RATE, channels: 1 });
    expect(JSON.parse((await listen(noise)).choices[0]?.message.content ?? '')).toMatchObject({
      text: '',
      confidence: 0,
    });
  });

  test('speech answers samples that can be heard again', async () => {
    const answer = await client.audio.speech.create({
      model: 'openai/gpt-4o-mini-tts-2025-12-15',
      input: 'Olá',
      voice: 'alloy',
      response_format: 'pcm',
    });
    expect(answer.headers.get('content-type')).toBe('audio/pcm;rate=24000;channels=1');
    const pcm = Buffer.from(await answer.arrayBuffer());
    expect(hear(wav({ pcm, sampleRate: VOICE_RATE, channels: 1 }))).toBe('Olá');
  });

  test("a wrong key, a bad body, an unknown path and scripted faults are the client's typed errors", async () => {
    const wrong = new OpenAI({ apiKey: 'nope', baseURL: stub.baseUrl, maxRetries: 0 });
    await expect(wrong.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(client.chat.completions.create({ model: '', messages: [] })).rejects.toThrow(OpenAI.BadRequestError);
    await expect(chat('x', 'loose', { a: { type: 'string', format: 'date' } })).rejects.toThrow(OpenAI.BadRequestError);
    await expect(client.files.list()).rejects.toThrow(OpenAI.NotFoundError);
    const faults = [
      [403, OpenAI.PermissionDeniedError],
      [409, OpenAI.ConflictError],
      [422, OpenAI.UnprocessableEntityError],
      [429, OpenAI.RateLimitError],
      [503, OpenAI.InternalServerError],
    ] as const;
    for (const [status, error] of faults) {
      stub.next({ kind: 'status', status });
      await expect(chat('x')).rejects.toThrow(error);
    }
    stub.next({ kind: 'cut', after: 'request' });
    await expect(chat('x')).rejects.toThrow(OpenAI.APIConnectionError);
    stub.next({ kind: 'hang' });
    await expect(client.models.list({ timeout: 100 })).rejects.toThrow(OpenAI.APIConnectionError);
  });

  test("the client's own retries heed the stub's Retry-After", async () => {
    stub.next({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    const patient = new OpenAI({ apiKey: stub.key, baseURL: stub.baseUrl, maxRetries: 1 });
    expect((await patient.models.list()).data[0]?.id).toBe(MODEL);
    const [first, second] = stub.calls;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });
});

describe.each(Object.entries(dialects))("the stub of %s under OpenAI's client", (_, dialect) => {
  test('answers chat with its usage, and refuses a wrong key', async () => {
    const stub = await startOpenAiStub({ dialect });
    const ask = (apiKey: string) =>
      new OpenAI({ apiKey, baseURL: stub.baseUrl, maxRetries: 0 }).chat.completions.create({
        model: 'm',
        messages: [{ role: 'user', content: 'Hello there, friend' }],
      });
    const answer = await ask(stub.key);
    expect(answer.choices[0]?.message.content).toBe(`${dialect.thought ?? ''}You said: Hello there, friend`);
    expect(answer.usage?.total_tokens).toBe(11 + (dialect.silentTokens ?? 0));
    await expect(ask('nope')).rejects.toThrow(OpenAI.AuthenticationError);
    await stub.close();
  });
});

test('pictures come as base64', async () => {
  const stub = await startOpenAiStub({ dialect: dialects.GROK });
  try {
    const client = new OpenAI({ apiKey: stub.key, baseURL: stub.baseUrl, maxRetries: 0 });
    const request = { model: 'grok-imagine-image', prompt: 'A lighthouse', n: 1, response_format: 'b64_json' as const };
    const { data } = await client.images.generate(request);
    expect(seen(data?.[0]?.b64_json ?? '')).toBe('A lighthouse (1:1)');
    await expect(client.images.generate({ ...request, size: '1024x1024' })).rejects.toMatchObject({ status: 400 });
  } finally {
    await stub.close();
  }
});
