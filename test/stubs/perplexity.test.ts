/** The stub is what it says it is: OpenAI's client, which Perplexity's page tells to use, takes its Agent API for the real thing. */
import { expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { startPerplexityStub } from './perplexity';

test("the stub of Perplexity answers OpenAI's client, and refuses a wrong key and strange members", async () => {
  const stub = await startPerplexityStub();
  const clientOf = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${stub.origin}/v1`, maxRetries: 0 });
  const asked = {
    model: 'perplexity/sonar',
    input: [{ type: 'message' as const, role: 'user' as const, content: 'Where is Lisbon?' }],
    tools: [{ type: 'web_search' as const }],
  };
  const answer = await clientOf(stub.key).responses.create(asked);
  expect(answer.output_text).toBe('You said: Where is Lisbon?');
  expect(answer.output[0]).toMatchObject({ type: 'search_results', results: [{ title: 'Lisbon' }] });
  expect(answer.usage).toMatchObject({ output_tokens: 7, cost: { currency: 'USD' } });
  await expect(clientOf('nope').responses.create(asked)).rejects.toThrow(OpenAI.AuthenticationError);
  await expect(clientOf(stub.key).responses.create({ ...asked, top_p: 0.5 })).rejects.toThrow(OpenAI.BadRequestError);
  await stub.close();
});
