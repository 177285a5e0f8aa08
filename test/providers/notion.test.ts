/** Notion against its stub: the contract suite, and what is its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NOTION } from '../../src/providers/notion';
import type { Provider } from '../../src/tools/tool';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startNotionStub } from '../stubs/notion';
import type { Stub } from '../stubs/stub';

const PAGE: VendorToolCase = {
  tool: 'page.create',
  requests: 2,
  findsAgain: true,
  input: { dataSource: 'lessons', title: 'Lesson 1', body: '# Verbs' },
  check: (output) => expect(output).toEqual({ id: 'page-1', url: 'https://www.notion.so/page-1' }),
  refuses: [
    {
      why: 'a column that the table does not have',
      input: { dataSource: 'lessons', title: 'x', properties: { Colour: { rich_text: [] } } },
      type: 'validation',
    },
  ],
};

describeProvider({ provider: NOTION, stub: startNotionStub, calls: [PAGE] });

describe('notion', () => {
  let stub: Stub;
  let provider: Provider;
  beforeEach(async () => {
    stub = await startNotionStub();
    provider = providerOf({ provider: NOTION }, { key: stub.key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  const created = (): readonly unknown[] =>
    stub.calls.filter(({ path }) => path === '/v1/pages').map(({ body }) => body);

  test('a second attempt finds the page whose answer was lost', async () => {
    stub.next(undefined, { kind: 'cut', after: 'half' });
    await failureOf(callTool(provider, PAGE));
    expect((await callTool(provider, PAGE)).output).toMatchObject({ id: 'page-1' });
    expect(created()).toHaveLength(1);
    await callTool(provider, PAGE, { idempotencyKey: 'another' });
    expect(created()).toHaveLength(2);
  });

  test('config.keyProperty names another column for the key, and must be a name', async () => {
    await callTool(provider, PAGE, { config: { keyProperty: 'Reference' } });
    expect(created()).toEqual([
      {
        parent: { type: 'data_source_id', data_source_id: 'lessons' },
        properties: {
          title: { title: [{ type: 'text', text: { content: 'Lesson 1' } }] },
          Reference: { rich_text: [{ type: 'text', text: { content: expect.stringMatching(/^omni-[0-9a-f]{40}$/) } }] },
        },
        markdown: '# Verbs',
      },
    ]);
    const error = await failureOf(callTool(provider, PAGE, { config: { keyProperty: 'title' } }));
    expect(error.problem).toMatchObject({ type: 'validation', detail: expect.stringContaining('config.keyProperty') });
  });
});
