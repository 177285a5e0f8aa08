/** Notion: pages in data sources. Without idempotency keys, a column of the table tells what a call has made. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { PageInput, PageOutput } from '../tools/page-create';
import { defineProvider, type VendorCall } from './define-provider';
import { markerOf } from './marker';

const page = z.object({ object: z.literal('page'), id: z.string(), url: z.string() });
const pages = z.object({ object: z.literal('list'), results: z.array(page) });

/** The column (of type text) that holds the marker, unless `config.keyProperty` names another. */
const KEY_PROPERTY = 'Idempotency key';

export const NOTION = defineProvider({
  provider: 'notion',
  title: 'Notion',
  keyVariable: 'NOTION_TOKEN',
  baseUrlVariable: 'NOTION_BASE_URL',
  baseUrl: 'https://api.notion.com',
  byPlan: true,
  sources: [
    'https://developers.notion.com/reference/post-page',
    'https://developers.notion.com/reference/query-a-data-source',
    'https://developers.notion.com/reference/request-limits',
    'https://developers.notion.com/reference/status-codes',
  ],
  headers: (key) => ({ authorization: `Bearer ${key}`, 'notion-version': '2025-09-03' }),
  probe: '/v1/users/me',
  limits: { perSecond: 3, burst: 3, concurrent: 10 },
  honours: 'the column `Idempotency key` of the table is searched before a page is made',
  tools: {
    'page.create': async ({ dataSource, title, body, properties }: PageInput, call) => {
      const column = keyColumn(call);
      const marker = markerOf(call.idempotencyKey);
      const { results } = await call.json(pages, {
        method: 'POST',
        path: `/v1/data_sources/${encodeURIComponent(dataSource)}/query`,
        body: { filter: { property: column, rich_text: { equals: marker } }, page_size: 1 },
        part: 'search',
      });
      const made = (): Promise<z.infer<typeof page>> =>
        call.json(page, {
          method: 'POST',
          path: '/v1/pages',
          body: {
            parent: { type: 'data_source_id', data_source_id: dataSource },
            // `title` is the id of the title's column in every table.
            properties: { ...properties, title: { title: text(title) }, [column]: { rich_text: text(marker) } },
            ...(body === undefined || body === '' ? {} : { markdown: body }),
          },
        });
      const { id, url } = results[0] ?? (await made());
      return { output: { id, url } satisfies PageOutput };
    },
  },
});

const text = (content: string): readonly object[] => [{ type: 'text', text: { content } }];

function keyColumn({ config, far }: VendorCall): string {
  const { keyProperty = KEY_PROPERTY } = config;
  if (typeof keyProperty === 'string' && keyProperty !== '' && keyProperty !== 'title') return keyProperty;
  throw new OmniError('validation', 'config.keyProperty must be the name of a text column of the table.', {
    provider: far.provider,
  });
}
