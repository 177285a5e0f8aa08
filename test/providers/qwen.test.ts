/** Qwen against its stub: the contract suite, and what is its own. */
import { describe, expect, test } from '@jest/globals';
import { QWEN } from '../../src/providers/qwen';
import { callTool, describeProvider, providerOf, type VendorToolCase } from '../contracts/provider';
import { QWEN as DIALECT } from '../stubs/dialects';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { StubOptions } from '../stubs/stub';
import { CHAT_CALLS } from './chat-calls';

const stub = (options: StubOptions = {}) => startOpenAiStub({ ...options, dialect: DIALECT });
const translate = CHAT_CALLS[1] as VendorToolCase;

describeProvider({ provider: QWEN, stub, calls: CHAT_CALLS, errorsInside: ['body', 'choice'] });

describe('qwen', () => {
  test('has JSON in its instructions, which JSON mode demands', async () => {
    const far = await stub();
    await callTool(providerOf({ provider: QWEN }, far), translate);
    const { messages } = far.calls[0]?.body as { messages: { content: string }[] };
    expect(messages[0]?.content).toMatch(/JSON/);
    await far.close();
  });
});
