/** The stub is what it says it is: Notion's own client takes it for the real thing. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { APIErrorCode, Client, LogLevel } from '@notionhq/client';
import { startNotionStub } from './notion';
import type { Stub } from './stub';

const text = (content: string) => [{ type: 'text' as const, text: { content } }];

describe("the stub under Notion's client", () => {
  let stub: Stub;
  let client: Client;
  beforeEach(async () => {
    stub = await startNotionStub();
    client = new Client({ auth: stub.key, baseUrl: stub.origin, retry: false, logLevel: LogLevel.ERROR });
  });
  afterEach(() => stub.close());

  const create = (key: string) =>
    client.pages.create({
      parent: { type: 'data_source_id', data_source_id: 'tasks' },
      properties: { title: { title: text('Plan') }, Reference: { rich_text: text(key) } },
      markdown: '# Plan',
    });

  test('a page is made and found by a column', async () => {
    const page = await create('k1');
    await create('k2');
    const filter = { property: 'Reference', rich_text: { equals: 'k1' } };
    const { results } = await client.dataSources.query({ data_source_id: 'tasks', filter });
    expect(results.map(({ id }) => id)).toEqual([page.id]);
    expect((await client.dataSources.query({ data_source_id: 'tasks' })).results).toHaveLength(2);
  });

  test("a wrong key, an unknown column and scripted faults are the client's typed errors", async () => {
    const wrong = new Client({ auth: 'nope', baseUrl: stub.origin, retry: false, logLevel: LogLevel.ERROR });
    await expect(wrong.users.me({})).rejects.toMatchObject({ code: APIErrorCode.Unauthorized });
    const strange = client.pages.create({
      parent: { data_source_id: 'tasks' },
      properties: { title: { title: text('x') }, Colour: { rich_text: text('red') } },
    });
    await expect(strange).rejects.toMatchObject({ code: APIErrorCode.ValidationError });
    stub.next({ kind: 'status', status: 429 });
    await expect(client.users.me({})).rejects.toMatchObject({ code: APIErrorCode.RateLimited });
  });
});
