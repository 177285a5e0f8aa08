/** The stub is what it says it is: Google's own client library takes it for the real thing. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApiError, GoogleGenAI } from '@google/genai';
// The client looks for the dispatcher of its realm, which this sets.
import 'undici';
import { wav } from '../../src/providers/audio';
import { startGeminiStub } from './gemini';
import { seen } from './drawn-bytes';
import { hear, speak, VOICE_RATE } from './spoken-bytes';
import type { Stub } from './stub';

const MODEL = 'gemini-3.5-flash-lite';

describe("the stub of Gemini under Google's client", () => {
  let stub: Stub;
  let models: GoogleGenAI['models'];
  const clientOf = (apiKey: string) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: stub.origin } }).models;
  beforeEach(async () => {
    stub = await startGeminiStub();
    models = clientOf(stub.key);
  });
  afterEach(() => stub.close());

  test('answers text without its thoughts, and tells both in the usage', async () => {
    const answer = await models.generateContent({
      model: MODEL,
      contents: 'Hello there, friend',
      config: { systemInstruction: 'Be brief.', maxOutputTokens: 50 },
    });
    expect(answer.text).toBe('You said: Hello there, friend');
    expect(answer.usageMetadata).toMatchObject({ candidatesTokenCount: 7, thoughtsTokenCount: 5 });
  });

  test('answers JSON by a schema', async () => {
    const responseJsonSchema = {
      title: 'mt_translate',
      type: 'object',
      properties: { translation: { type: 'string' } },
      required: ['translation'],
    };
    const answer = await models.generateContent({
      model: MODEL,
      contents: JSON.stringify({ text: 'Good morning', sourceLanguage: 'en', targetLanguage: 'pt' }),
      config: { responseMimeType: 'application/json', responseJsonSchema },
    });
    expect(JSON.parse(answer.text ?? '')).toEqual({ translation: 'bom dia' });
  });

  test('hears a recording, and speaks samples that can be heard again', async () => {
    const spoken = wav({ pcm: speak('Bom dia'), sampleRate: VOICE_RATE, channels: 1 });
    const written = await models.generateContent({
      model: MODEL,
      contents: [
        {
          role: 'user',
          parts: [{ text: '{}' }, { inlineData: { mimeType: 'audio/wav', data: spoken.toString('base64') } }],
        },
      ],
      config: { responseMimeType: 'application/json', responseJsonSchema: { title: 'stt_transcribe', type: 'object' } },
    });
    expect(JSON.parse(written.text ?? '')).toMatchObject({ text: 'Bom dia' });
    const audio = await models.generateContent({
      model: 'gemini-3.8-flash-lite-tts',
      contents: 'Olá',
      config: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
    });
    const pcm = Buffer.from(audio.data ?? '', 'base64');
    expect(hear(wav({ pcm, sampleRate: VOICE_RATE, channels: 1 }))).toBe('Olá');
    const picture = await models.generateContent({
      model: 'gemini-3.1-flash-image',
      contents: 'A lighthouse',
      config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '3:2' } },
    });
    expect(seen(picture.data ?? '')).toBe('A lighthouse (3:2)');
  });

  test('a stream comes in pieces, how it ended and the whole usage with the last', async () => {
    const pieces = [];
    const contents = 'Hello there, friend';
    for await (const piece of await models.generateContentStream({ model: 'gemini-3.5-flash-lite', contents }))
      pieces.push(piece);
    expect(pieces.map(({ text = '' }) => text).join('')).toBe('You said: Hello there, friend');
    expect(pieces.slice(0, -1).every(({ candidates }) => candidates?.[0]?.finishReason === undefined)).toBe(true);
    expect(pieces.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
    expect(pieces.at(-1)?.usageMetadata?.candidatesTokenCount).toBe(7);
  });

  test("a wrong key, a strange member and scripted faults are the client's typed errors", async () => {
    const ask = (with_ = models, config = {}) => with_.generateContent({ model: MODEL, contents: 'x', config });
    await expect(ask(clientOf('nope'))).rejects.toMatchObject({ status: 401 });
    await expect(ask(models, { topK: 3 })).rejects.toMatchObject({ status: 400 });
    stub.next({ kind: 'status', status: 429 });
    await expect(ask()).rejects.toThrow(ApiError);
  });
});
