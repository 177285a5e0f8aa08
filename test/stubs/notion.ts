/** A stub of Notion's pages and data sources, which keeps what it was given. */
import { z } from 'zod';
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

const richText = z.array(
  z.strictObject({ type: z.literal('text'), text: z.strictObject({ content: z.string().max(2000) }) }),
);
const newPage = z.strictObject({
  parent: z.strictObject({ type: z.literal('data_source_id').optional(), data_source_id: z.string() }),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  markdown: z.string().optional(),
});
const question = z.strictObject({
  filter: z.strictObject({ property: z.string(), rich_text: z.strictObject({ equals: z.string() }) }).optional(),
  page_size: z.number().int().max(100).optional(),
});
const CODES: Readonly<Record<number, string>> = {
  400: 'validation_error',
  401: 'unauthorized',
  403: 'restricted_resource',
  404: 'object_not_found',
  409: 'conflict_error',
  429: 'rate_limited',
  503: 'service_unavailable',
};
/** Of type text, in each data source; any other column that a page is given is unknown. */
const COLUMNS = ['Idempotency key', 'Reference'];

interface Page {
  readonly id: string;
  readonly source: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export function startNotionStub(options: StubOptions = {}): Promise<Stub> {
  const pages: Page[] = [];
  const shown = ({ id, properties, source }: Page): object => ({
    object: 'page',
    id,
    url: `https://www.notion.so/${id}`,
    parent: { type: 'data_source_id', data_source_id: source },
    properties,
  });
  const textOf = (property: unknown): string => {
    const parsed = z.object({ rich_text: richText }).safeParse(property);
    return parsed.success ? parsed.data.rich_text.map(({ text }) => text.content).join('') : '';
  };
  return startRestStub(
    {
      basePath: '',
      admits: ({ authorization, ...headers }, key) =>
        authorization === `Bearer ${key}` && headers['notion-version'] === '2025-09-03',
      error: (status, message, { headers }) => ({
        object: 'error',
        status,
        code: CODES[status] ?? 'internal_server_error',
        message: `${message}: ${headers.authorization ?? ''}`,
      }),
      routes: {
        'GET /v1/users/me': () => ({ json: { object: 'user', id: 'u1', type: 'bot', bot: {} } }),
        'POST /v1/data_sources/:id/query': ({ body, params }) => {
          const parsed = question.safeParse(body);
          if (!parsed.success) return refuse(400, parsed.error.message);
          const { filter, page_size: size = 100 } = parsed.data;
          if (filter !== undefined && !COLUMNS.includes(filter.property)) return refuse(400, 'no such property');
          const found = pages
            .filter(({ source }) => source === params['id'])
            .filter(({ properties }) => !filter || textOf(properties[filter.property]) === filter.rich_text.equals);
          const results = found.slice(0, size).map(shown);
          return { json: { object: 'list', type: 'page_or_data_source', results, next_cursor: null, has_more: false } };
        },
        'POST /v1/pages': ({ body, refused }) => {
          const parsed = newPage.safeParse(body);
          if (!parsed.success) return refuse(400, parsed.error.message);
          const { properties, parent } = parsed.data;
          if (!z.object({ title: richText }).safeParse(properties['title']).success) return refuse(400, 'no title');
          const unknown = Object.keys(properties).find((name) => name !== 'title' && !COLUMNS.includes(name));
          if (unknown !== undefined) return refuse(400, `${unknown} is not a property that exists`);
          const page = { id: `page-${pages.length + 1}`, source: parent.data_source_id, properties };
          if (!refused) pages.push(page);
          return { json: shown(page) };
        },
      },
    },
    options,
  );
}
