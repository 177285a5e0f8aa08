/** Perplexity against its stub: the contract suite, and what is its own. */
import { describe, expect, test } from '@jest/globals';
import { PERPLEXITY } from '../../src/providers/perplexity';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startPerplexityStub } from '../stubs/perplexity';
import { startRestStub } from '../stubs/rest';
import { CHAT_CALLS } from './chat-calls';

const CHAT: VendorToolCase = {
  tool: 'llm.chat',
  input: { system: 'Be brief.', prompt: 'Where is Lisbon?' },
  check: (output) =>
    expect(output).toEqual({
      text: 'You said: Where is Lisbon?',
      sources: [{ url: 'https://example.org/lisbon', title: 'Lisbon' }],
    }),
};

const CALLS: readonly VendorToolCase[] = [
  CHAT,
  ...CHAT_CALLS.filter(({ tool }) => tool === 'llm.object'),
  {
    tool: 'web.search',
    input: { query: 'cities in Portugal', limit: 2 },
    check: (output) =>
      expect(output).toEqual({
        results: [
          {
            title: 'Lisbon',
            url: 'https://example.org/lisbon',
            snippet: 'The capital of Portugal.',
            date: '2026-01-05',
          },
          { title: 'Porto', url: 'https://example.org/porto', snippet: 'A city in Portugal.', date: '2025-11-30' },
        ],
      }),
  },
];

describeProvider({ provider: PERPLEXITY, stub: startPerplexityStub, calls: CALLS });

describe('perplexity', () => {
  test.each(['failed', 'cancelled'])(
    'a run that %s inside a 200 can be tried again and tells what it cost',
    async (status) => {
      const far = await startRestStub({
        basePath: '',
        admits: () => true,
        error: () => ({}),
        routes: {
          'POST /v1/responses': () => ({
            json: {
              status,
              model: 'm',
              output: [],
              error: { message: 'sk-secret' },
              usage: { input_tokens: 3, output_tokens: 0, cost: { currency: 'USD', total_cost: 0.01 } },
            },
          }),
        },
      });
      const error = await failureOf(callTool(providerOf({ provider: PERPLEXITY }, far), CHAT));
      expect([error.problem.type, error.retryable]).toEqual(['tool-error', true]);
      expect(error.problem.data).toMatchObject({ usage: { costUsd: 0.01 } });
      expect(error.message).not.toContain('sk-secret');
      await far.close();
    },
  );

  test('an answer cut off at maxTokens says so', async () => {
    const far = await startPerplexityStub();
    const error = await failureOf(
      callTool(providerOf({ provider: PERPLEXITY }, far), CHAT, { config: { maxTokens: 2 } }),
    );
    expect([error.retryable, error.message]).toEqual([false, expect.stringContaining('config.maxTokens')]);
    await far.close();
  });
});
