/** Windsor.ai against its stub: the contract suite, and what is its own. */
import { expect, test } from '@jest/globals';
import { WINDSOR } from '../../src/providers/windsor';
import { callTool, describeProvider, providerOf, type VendorToolCase } from '../contracts/provider';
import { startWindsorStub } from '../stubs/windsor';

const QUERY: VendorToolCase = {
  tool: 'data.query',
  input: { source: 'google_ads', fields: ['date', 'spend'], from: '2026-11-01', to: '2026-11-02' },
  check: (output) => expect(output).toEqual({ rows: [{ date: '2026-11-01', spend: 12.5 }] }),
  refuses: [
    {
      why: 'a first day without a last',
      input: { source: 'all', fields: ['spend'], from: '2026-11-01' },
      type: 'validation',
    },
    { why: 'an unknown field', input: { source: 'all', fields: ['luck'] }, type: 'validation' },
  ],
};

describeProvider({ provider: WINDSOR, stub: startWindsorStub, calls: [QUERY] });

test('a period stands in place of days, and the key never stands in the address', async () => {
  const stub = await startWindsorStub();
  const provider = providerOf({ provider: WINDSOR }, { key: stub.key, baseUrl: stub.baseUrl });
  const { output } = await callTool(provider, {
    ...QUERY,
    input: { source: 'all', fields: ['date', 'campaign'], period: 'last_7d' },
  });
  expect(output).toEqual({ rows: [{ date: 'last_7d', campaign: 'all' }] });
  expect(stub.calls[0]?.query.toString()).not.toContain(stub.key);
  await stub.close();
});
