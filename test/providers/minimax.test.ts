/** MiniMax against its stub: the contract suite, and what is its own. */
import { describe, expect, test } from '@jest/globals';
import { MINIMAX } from '../../src/providers/minimax';
import type { TtsOutput } from '../../src/tools/tts-synthesize';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { MINIMAX as DIALECT } from '../stubs/dialects';
import { startOpenAiStub } from '../stubs/openai-shaped';
import { hear } from '../stubs/spoken-bytes';
import { startRestStub } from '../stubs/rest';
import type { StubOptions } from '../stubs/stub';
import { CHAT_CALLS, IMAGE_CALL } from './chat-calls';

const stub = (options: StubOptions = {}) => startOpenAiStub({ ...options, dialect: DIALECT });
const translate = CHAT_CALLS[1] as VendorToolCase;

const SPEECH_CALL: VendorToolCase = {
  tool: 'tts.synthesize',
  input: { text: 'Obrigado, 你好.', language: 'pt-BR' },
  check(output: TtsOutput) {
    expect(hear(Buffer.from(output.audioData, 'base64'))).toBe('Obrigado, 你好.');
    expect(output).toMatchObject({ mediaType: 'audio/wav', sampleRate: 32_000 });
  },
};
const DRAWING: VendorToolCase = {
  ...IMAGE_CALL,
  refuses: [{ why: 'a long prompt', input: { prompt: 'x'.repeat(1501) }, type: 'validation' }],
};

describeProvider({
  provider: MINIMAX,
  stub,
  calls: [...CHAT_CALLS, SPEECH_CALL, DRAWING],
  errorsInside: ['body', 'choice'],
});

describe('minimax', () => {
  test.each([
    [1002, 'rate-limited', true],
    [1004, 'authentication', false],
    [1008, 'tool-error', false],
    [1027, 'validation', false],
    [1000, 'provider-unavailable', true],
  ])('the hidden status %i is %s', async (code, type, retryable) => {
    const far = await startRestStub({
      basePath: '/v1',
      admits: () => true,
      error: () => ({}),
      routes: {
        'POST /chat/completions': () => ({ json: { base_resp: { status_code: code, status_msg: 'sk-secret' } } }),
      },
    });
    const error = await failureOf(callTool(providerOf({ provider: MINIMAX }, far), translate));
    expect([error.problem.type, error.retryable]).toEqual([type, retryable]);
    expect(error.message).not.toContain('sk-secret');
    await far.close();
  });

  test('takes temperatures above 0 up to 1, and bounds tokens by its own member', async () => {
    const far = await stub();
    const provider = providerOf({ provider: MINIMAX }, far);
    await callTool(provider, translate, { config: { temperature: 1, maxTokens: 100 } });
    expect(far.calls[0]?.body).toMatchObject({ temperature: 1, max_completion_tokens: 100, reasoning_split: true });
    for (const temperature of [0, 1.5]) {
      const error = await failureOf(callTool(provider, translate, { config: { temperature } }));
      expect(error.problem).toMatchObject({ type: 'validation', detail: expect.stringContaining('from 0.01 to 1') });
    }
    expect(far.calls).toHaveLength(1);
    await far.close();
  });

  test('is told the language of a text where it knows it, and the voice', async () => {
    const far = await stub();
    const provider = providerOf({ provider: MINIMAX }, far);
    for (const [language, voice] of [
      ['pt-BR', 'Wise_Woman'],
      ['eu', undefined],
    ])
      await callTool(provider, { ...SPEECH_CALL, input: { text: 'Oi', language, voice } });
    expect(far.calls.map(({ body }) => body)).toMatchObject([
      { language_boost: 'Portuguese', voice_setting: { voice_id: 'Wise_Woman' } },
      { language_boost: 'auto', voice_setting: { voice_id: 'English_expressive_narrator' } },
    ]);
    await far.close();
  });
});
