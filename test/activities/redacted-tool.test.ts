/** A provider's tool behind the redaction of its calls. */
import { expect, test } from '@jest/globals';
import { redacted } from '../../activities/redacted-tool';
import type { CallRequest } from '../../src/plan/call';
import { CONTRACTS } from '../../src/tools/contracts';
import type { CallContext, Provider } from '../../src/tools/tool';

test('a call that holds too much to be read is refused as one that never left', async () => {
  const contract = CONTRACTS.find(({ name }) => name === 'llm.chat');
  if (contract === undefined) throw new Error('no contract');
  let calls = 0;
  const provider = {
    name: 'vendor',
    tools: { 'llm.chat': () => Promise.reject(new Error(`called ${(calls += 1)}`)) },
  } as unknown as Provider;
  const parts = {
    contract,
    executionId: 'e',
    blobs: { get: () => Promise.resolve(undefined) },
    redactionKey: () => Promise.resolve(new Uint8Array(32)),
  };
  const request = { tool: 'llm.chat', redact: { origin: 'e', personal: [] } } as unknown as CallRequest;
  const { tools } = await redacted(provider, request, parts);
  const input = { messages: [{ role: 'user', content: 'a b '.repeat(1_100_000) }] };
  const call = { config: {} } as CallContext;
  await expect(tools['llm.chat']?.(input as never, call)).rejects.toMatchObject({
    problem: { type: 'too-large' },
    undone: true,
  });
  expect(calls).toBe(0);
});
