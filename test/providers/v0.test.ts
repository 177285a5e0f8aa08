/** v0 against its stub: the contract suite, and what is its own. */
import { describe, expect, test } from '@jest/globals';
import { V0 } from '../../src/providers/v0';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startV0Stub } from '../stubs/v0';

const CODE: VendorToolCase = {
  tool: 'code.generate',
  requests: 2,
  findsAgain: true,
  input: { prompt: 'A greeting', system: 'Use Tailwind.' },
  check: (output) =>
    expect(output).toEqual({
      id: 'c1',
      url: 'https://v0.app/chat/c1',
      demoUrl: 'https://demo.example/c1',
      files: [{ name: 'app/page.tsx', content: 'export default () => <h1>A greeting</h1>;' }],
    }),
};

describeProvider({ provider: V0, stub: startV0Stub, calls: [CODE] });

describe('v0', () => {
  test.each([
    ['pending', 'provider-unavailable', true],
    ['failed', 'tool-error', false],
  ] as const)('a version that is %s ends as %s', async (status, type, retryable) => {
    const far = await startV0Stub({ status });
    const error = await failureOf(callTool(providerOf({ provider: V0 }, far), CODE));
    expect([error.problem.type, error.retryable]).toEqual([type, retryable]);
    await far.close();
  });

  test('a second attempt gives what the first made, and makes nothing', async () => {
    const far = await startV0Stub();
    const provider = providerOf({ provider: V0 }, far);
    const first = await callTool(provider, CODE);
    const second = await callTool(provider, CODE);
    expect(second.output).toEqual(first.output);
    expect(far.calls.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'GET']);
    await far.close();
  });
});
