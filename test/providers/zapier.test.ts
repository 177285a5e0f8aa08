/** Zapier against its stub: the contract suite, and what is its own. */
import { expect, test } from '@jest/globals';
import type { Environment } from '../../src/config';
import { ZAPIER } from '../../src/providers/zapier';
import { callTool, describeProvider, providerOf, type VendorToolCase } from '../contracts/provider';
import { startZapierStub } from '../stubs/zapier';

const HOOK: VendorToolCase = {
  tool: 'hook.post',
  input: { payload: { learner: 'u1', score: 0.8 } },
  check: (output) => expect(output).toEqual({ id: '0199-1', status: 'success' }),
};
const environment = ({ baseUrl, key = '' }: { readonly baseUrl: string; readonly key?: string }): Environment => ({
  ZAPIER_HOOK_URL: `${baseUrl}/hooks/catch/1/${key}/`,
});

describeProvider({ provider: ZAPIER, stub: startZapierStub, calls: [HOOK], environment });

test('the body is the payload with a key by which the Zap can tell repeated deliveries', async () => {
  const stub = await startZapierStub();
  const provider = providerOf({ provider: ZAPIER, environment }, { key: stub.key, baseUrl: stub.baseUrl });
  for (const idempotencyKey of ['a', 'a', 'b']) await callTool(provider, HOOK, { idempotencyKey });
  const bodies = stub.calls.map(({ body }) => body as { readonly idempotencyKey: string });
  expect(bodies[0]).toEqual({ learner: 'u1', score: 0.8, idempotencyKey: expect.stringMatching(/^omni-/) });
  expect(bodies[1]).toEqual(bodies[0]);
  expect(bodies[2]?.idempotencyKey).not.toBe(bodies[0]?.idempotencyKey);
  await stub.close();
});
