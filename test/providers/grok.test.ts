/** Grok against its stub: the contract suite, and what is its own. */
import { describe, expect, test } from '@jest/globals';
import { GROK } from '../../src/providers/grok';
import { callTool, describeProvider, providerOf, type VendorToolCase } from '../contracts/provider';
import { GROK as DIALECT } from '../stubs/dialects';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { StubOptions } from '../stubs/stub';
import { CHAT_CALLS, IMAGE_CALL } from './chat-calls';

const stub = (options: StubOptions = {}) => startOpenAiStub({ ...options, dialect: DIALECT });
const translate = CHAT_CALLS[1] as VendorToolCase;

describeProvider({ provider: GROK, stub, calls: [...CHAT_CALLS, IMAGE_CALL], errorsInside: ['body', 'choice'] });

describe('grok', () => {
  test('counts what the model thought, and takes the cost from the answer', async () => {
    const far = await stub();
    const { usage } = await callTool(providerOf({ provider: GROK }, far), translate);
    const billed = far.calls[0]?.usage;
    expect(usage).toMatchObject({ outputTokens: billed?.outputTokens, costUsd: billed?.costUsd });
    expect(billed?.outputTokens).toBeGreaterThan(12);
    await far.close();
  });
});
