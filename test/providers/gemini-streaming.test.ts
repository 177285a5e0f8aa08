/** Gemini's answers in pieces: what holds for those in one holds for them, and they are put together to the same. */
import { expect, test } from '@jest/globals';
import { GEMINI } from '../../src/providers/gemini';
import { StreamedContent } from '../../src/providers/gemini-stream';
import type { CallContext, Provider } from '../../src/tools/tool';
import { callTool, describeProvider, providerOf, type VendorToolCase } from '../contracts/provider';
import { startGeminiStub } from '../stubs/gemini';
import { CHAT_CALLS } from './chat-calls';

const calls = CHAT_CALLS.filter(({ tool }) => tool === 'llm.chat' || tool === 'llm.object');

describeProvider({
  provider: {
    ...GEMINI,
    create(settings) {
      const provider = GEMINI.create(settings);
      const seen = calls.map(({ tool: name }) => {
        const run = (input: never, call: CallContext) =>
          provider.tools[name]?.(input, { ...call, partial: () => undefined });
        return [name, run] as const;
      });
      return { ...provider, tools: Object.fromEntries(seen) as Provider['tools'] };
    },
  },
  stub: startGeminiStub,
  calls,
});

test('a streamed answer is the plain one, seen without its thoughts', async () => {
  const stub = await startGeminiStub();
  const provider = providerOf({ provider: GEMINI }, stub);
  const chat = calls[0] as VendorToolCase;
  const told: string[] = [];
  expect(await callTool(provider, chat, { partial: (text) => void told.push(text) })).toEqual(
    await callTool(provider, chat),
  );
  expect(stub.calls.map(({ path }) => path.split(':')[1])).toEqual(['streamGenerateContent', 'generateContent']);
  expect(told.at(-1)).toBe('You said: Who is Ana?');
  await stub.close();
});

const put = (...pieces: readonly object[]): StreamedContent => {
  const content = new StreamedContent();
  for (const one of pieces) content.take(JSON.stringify(one));
  return content;
};
const said = (text: string, rest: object = {}): object => ({
  candidates: [{ content: { parts: [{ text }] }, ...rest }],
});

test('a stream is whole when it says how it ended, or that the question was refused', () => {
  expect(put(said('a')).body()).toBeUndefined();
  expect(put(said('a'), { promptFeedback: {} }).body()).toBeUndefined();
  expect(put(said('a'), said('b', { finishReason: 'STOP' })).body()).toMatchObject({
    candidates: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] }, finishReason: 'STOP' }],
  });
  expect(put({ promptFeedback: { blockReason: 'SAFETY' } }).body()).toMatchObject({
    promptFeedback: { blockReason: 'SAFETY' },
  });
});

test('an error in a stream, and anything else that is no piece, breaks it', () => {
  for (const strange of [{ error: { code: 503 } }, { candidates: 3 }, []])
    expect(put(said('a'), strange, said('b', { finishReason: 'STOP' })).body()).toBeUndefined();
});
