/** DeepSeek against its stub: the contract suite, and what is its own. */
import { describe, expect, test } from '@jest/globals';
import { DEEPSEEK } from '../../src/providers/deepseek';
import { resolveProvider } from '../../src/tools/provider-names';
import { callTool, describeProvider, providerOf, type VendorToolCase } from '../contracts/provider';
import { DEEPSEEK as DIALECT } from '../stubs/dialects';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { StubOptions } from '../stubs/stub';
import { CHAT_CALLS } from './chat-calls';

const stub = (options: StubOptions = {}) => startOpenAiStub({ ...options, dialect: DIALECT });
const translate = CHAT_CALLS[1] as VendorToolCase;

describeProvider({ provider: DEEPSEEK, stub, calls: CHAT_CALLS, errorsInside: ['body', 'choice'] });

describe('deepseek', () => {
  test('thinks when a model is named, not with the usual one, and says its schema in words', async () => {
    const far = await stub();
    const provider = providerOf({ provider: DEEPSEEK }, far);
    await callTool(provider, translate);
    await callTool(provider, translate, { model: 'deepseek-v4-pro' });
    expect(far.calls.map(({ body }) => body)).toEqual([
      expect.objectContaining({ model: 'deepseek-flash', thinking: { type: 'disabled' } }),
      expect.objectContaining({ model: 'deepseek-v4-pro', thinking: { type: 'enabled' } }),
    ]);
    expect(far.calls[0]?.body).toMatchObject({
      response_format: { type: 'json_object' },
      messages: [{ role: 'system', content: expect.stringContaining('"title":"mt_translate"') }, { role: 'user' }],
    });
    await far.close();
  });

  test.each(['details', 'hit'] as const)('input from its cache is counted apart (%s)', async (as) => {
    const far = await startOpenAiStub({ dialect: { ...DIALECT, cached: { as, tokens: 7 } } });
    const { usage } = await callTool(providerOf({ provider: DEEPSEEK }, far), translate);
    expect(usage?.cachedInputTokens).toBe(7);
    await far.close();
  });

  test('the alias deepseek-r1 stands for a model that it knows', () => {
    const resolved = resolveProvider('deepseek-r1');
    expect(resolved?.provider).toBe('deepseek');
    expect(DEEPSEEK.modelNames?.test(resolved?.model ?? '')).toBe(true);
    expect(DEEPSEEK.prices?.rates).toHaveProperty([resolved?.model ?? '']);
  });
});
