/** ElevenLabs against its stub: the contract suite, and what is its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { wav } from '../../src/providers/audio';
import { ELEVENLABS } from '../../src/providers/elevenlabs';
import type { SttOutput } from '../../src/tools/stt-transcribe';
import type { Provider } from '../../src/tools/tool';
import type { TtsOutput } from '../../src/tools/tts-synthesize';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startElevenLabsStub } from '../stubs/elevenlabs';
import { startRestStub } from '../stubs/rest';
import { hear, speak, VOICE_RATE } from '../stubs/spoken-bytes';
import type { Stub } from '../stubs/stub';

const recording = wav({ pcm: speak('Bom dia, Ana.'), sampleRate: VOICE_RATE, channels: 1 }).toString('base64');

const TRANSCRIBE: VendorToolCase = {
  tool: 'stt.transcribe',
  input: { audioData: recording, language: 'pt-BR', phrases: ['Bom dia, Ana.'] },
  check(output: SttOutput) {
    expect(output).toMatchObject({ text: 'Bom dia, Ana.', language: 'pt' });
    expect(output.confidence).toBeCloseTo(0.5, 9);
    expect(output.segments.map(({ text, startMs, endMs }) => [text, startMs, endMs])).toEqual([
      ['Bom', 0, 30],
      ['dia,', 40, 80],
      ['Ana.', 90, 130],
    ]);
  },
  refuses: [{ why: 'what is no recording', input: { audioData: 'aGVsbG8gd29ybGQgaGVsbG8=' }, type: 'validation' }],
};

const SPEAK: VendorToolCase = {
  tool: 'tts.synthesize',
  answers: 'bytes',
  input: { text: 'Obrigado, você fala bem.', language: 'pt' },
  check(output: TtsOutput) {
    expect(hear(Buffer.from(output.audioData, 'base64'))).toBe('Obrigado, você fala bem.');
    expect(output).toMatchObject({ mediaType: 'audio/wav', sampleRate: 24_000, durationMs: 250 });
  },
  refuses: [
    {
      why: 'a voice that leads elsewhere',
      input: { text: 'a', language: 'en', voice: '../user?' },
      type: 'validation',
    },
  ],
};

describeProvider({ provider: ELEVENLABS, stub: startElevenLabsStub, calls: [TRANSCRIBE, SPEAK] });

describe('elevenlabs', () => {
  let stub: Stub;
  let provider: Provider;
  beforeEach(async () => {
    stub = await startElevenLabsStub();
    provider = providerOf({ provider: ELEVENLABS }, stub);
  });
  afterEach(() => stub.close());

  test('tells the language to the models that take it, and takes the voice that the step names', async () => {
    await callTool(provider, { ...SPEAK, input: { text: 'a', language: 'pt-BR', voice: 'otherVoice1' } });
    await callTool(provider, SPEAK, { model: 'eleven_v3' });
    expect(stub.calls.map(({ path }) => path)).toEqual([
      '/text-to-speech/otherVoice1',
      '/text-to-speech/JBFqnCBsd6RMkjVDRZzb',
    ]);
    expect(stub.calls[0]?.body).toMatchObject({ model_id: 'eleven_flash_v2_5', language_code: 'pt' });
    expect(stub.calls[1]?.body).not.toHaveProperty('language_code');
  });

  test('silence is an empty text without confidence', async () => {
    const silence = wav({ pcm: Buffer.alloc(4800), sampleRate: VOICE_RATE, channels: 1 }).toString('base64');
    const { output } = await callTool(provider, { ...TRANSCRIBE, input: { audioData: silence } });
    expect(output).toMatchObject({ text: '', segments: [], confidence: 0 });
  });

  test.each([
    [401, 'quota_exceeded', 'tool-error'],
    [401, 'invalid_api_key', 'authentication'],
    [400, 'voice_not_found', 'not-found'],
    [429, 'system_busy', 'rate-limited'],
  ])('%i with %s is %s', async (status, detail, type) => {
    const far = await startRestStub({
      basePath: '/v1',
      admits: () => true,
      error: () => ({}),
      routes: {
        'POST /text-to-speech/:voice': () => ({ status, json: { detail: { status: detail, message: 'sk-secret' } } }),
      },
    });
    const error = await failureOf(callTool(providerOf({ provider: ELEVENLABS }, far), SPEAK));
    expect(error.problem.type).toBe(type);
    expect(error.message).not.toContain('sk-secret');
    await far.close();
  });
});
