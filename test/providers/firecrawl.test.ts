/** Firecrawl against its stub: the contract suite, and what is its own. */
import { expect, test } from '@jest/globals';
import { FIRECRAWL } from '../../src/providers/firecrawl';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startFirecrawlStub } from '../stubs/firecrawl';

const SCRAPE: VendorToolCase = {
  tool: 'web.scrape',
  input: { url: 'https://example.com/page' },
  check: (output) =>
    expect(output).toEqual({ url: 'https://example.com/page', title: 'example.com', markdown: '# example.com' }),
};
const SEARCH: VendorToolCase = {
  tool: 'web.search',
  input: { query: 'verbs', limit: 2 },
  check: (output) =>
    expect(output).toEqual({
      results: [
        { url: 'https://example.com/verbs/0', title: 'verbs 0', snippet: 'About verbs' },
        { url: 'https://example.com/verbs/1', title: 'verbs 1' },
      ],
    }),
};

describeProvider({ provider: FIRECRAWL, stub: startFirecrawlStub, calls: [SCRAPE, SEARCH] });

test('menus come only when they are asked for, and a lack of credits is final', async () => {
  const stub = await startFirecrawlStub();
  const provider = providerOf({ provider: FIRECRAWL }, { key: stub.key, baseUrl: stub.baseUrl });
  const whole = await callTool(provider, { ...SCRAPE, input: { ...SCRAPE.input, mainOnly: false } });
  expect(whole.output).toMatchObject({ markdown: expect.stringContaining('Menu') });
  stub.next({ kind: 'status', status: 402 });
  expect((await failureOf(callTool(provider, SEARCH))).retryable).toBe(false);
  await stub.close();
});
