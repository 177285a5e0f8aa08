/** Gemini against its stub: the contract suite, and what is its own. */
import { describe, expect, test } from '@jest/globals';
import { wav } from '../../src/providers/audio';
import { GEMINI } from '../../src/providers/gemini';
import type { TtsOutput } from '../../src/tools/tts-synthesize';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { heard, startGeminiStub } from '../stubs/gemini';
import { startRestStub, type RestAnswer } from '../stubs/rest';
import { speak, VOICE_RATE } from '../stubs/spoken-bytes';
import { CHAT_CALLS, IMAGE_CALL } from './chat-calls';

const recording = wav({ pcm: speak('Good morning, Ana.'), sampleRate: VOICE_RATE, channels: 1 }).toString('base64');
const m4a = Buffer.from('\0\0\0\u0020ftypM4A and some more').toString('base64');

const CALLS: readonly VendorToolCase[] = [
  {
    tool: 'stt.transcribe',
    repairs: true,
    input: { audioData: recording, language: 'en' },
    check: (output) =>
      expect(output).toEqual({ text: 'Good morning, Ana.', language: 'en', confidence: 1, segments: [] }),
    refuses: [
      { why: 'what is no recording', input: { audioData: 'aGVsbG8gd29ybGQgaGVsbG8=' }, type: 'validation' },
      { why: 'M4A', input: { audioData: m4a }, type: 'validation' },
    ],
  },
  ...CHAT_CALLS,
  IMAGE_CALL,
  {
    tool: 'tts.synthesize',
    input: { text: 'Obrigado, você fala bem.', language: 'pt' },
    check(output: TtsOutput) {
      expect(heard(output.audioData)).toBe('Obrigado, você fala bem.');
      expect(output).toMatchObject({ mediaType: 'audio/wav', sampleRate: VOICE_RATE, durationMs: 250 });
    },
  },
];

describeProvider({ provider: GEMINI, stub: startGeminiStub, calls: CALLS });

describe('gemini', () => {
  const translate = CALLS.find(({ tool }) => tool === 'mt.translate') as VendorToolCase;

  /** A far side that always answers so. */
  async function answering(answer: RestAnswer & { readonly status?: number }): ReturnType<typeof failure> {
    const far = await startRestStub({
      basePath: '/v1beta',
      admits: () => true,
      error: () => ({}),
      routes: { 'POST /models/:call': () => answer },
    });
    try {
      return await failure(far.baseUrl);
    } finally {
      await far.close();
    }
  }
  const failure = (baseUrl: string) =>
    failureOf(callTool(providerOf({ provider: GEMINI }, { baseUrl, key: 'k' }), translate));
  const refusing = (status: number, details: readonly object[]) =>
    answering({ status, json: { error: { code: status, message: 'for k', status: 'RESOURCE_EXHAUSTED', details } } });
  const retryIn = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });

  test.each([
    ['34.4s', 34_400],
    ['0s', 0],
    ['999999s', 3_600_000],
    ['-5s', undefined],
    ['soon', undefined],
  ])('a 429 with RetryInfo of %s waits %s ms', async (delay, waits) => {
    const error = await refusing(429, [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure' }, retryIn(delay)]);
    expect([error.problem.type, error.retryAfterMs]).toEqual(['rate-limited', waits]);
  });

  test('a wrong key, which is a 400 there, is told as one', async () => {
    const error = await refusing(400, [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
    ]);
    expect(error.problem.type).toBe('authentication');
    expect((await refusing(400, [])).problem.type).toBe('validation');
  });

  test.each([
    ['a blocked question', { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 7 } }],
    ['a withheld answer', { candidates: [{ finishReason: 'RECITATION' }], usageMetadata: { promptTokenCount: 7 } }],
  ])('%s is final and tells what it cost', async (_, json) => {
    const error = await answering({ json });
    expect(error.retryable).toBe(false);
    expect(error.message).toContain('withheld');
    expect(error.problem.data).toMatchObject({ usage: { inputTokens: 7 } });
  });

  test('an answer cut off at maxTokens says so', async () => {
    const far = await startGeminiStub();
    const provider = providerOf({ provider: GEMINI }, far);
    const error = await failureOf(callTool(provider, translate, { config: { maxTokens: 2 } }));
    expect(error.message).toContain('config.maxTokens');
    expect(far.calls[0]?.body).toMatchObject({ generationConfig: { maxOutputTokens: 2 } });
    await far.close();
  });
});
