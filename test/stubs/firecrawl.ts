/** A stub of Firecrawl, written from https://docs.firecrawl.dev/api-reference: its client library needs Node 22 and is not used. */
import { z } from 'zod';
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

const scrape = z.strictObject({
  url: z.url(),
  formats: z.array(z.enum(['markdown', 'html', 'links'])),
  onlyMainContent: z.boolean().optional(),
  timeout: z.number().int().min(1000).max(300_000).optional(),
});
const search = z.strictObject({
  query: z.string().min(1).max(500),
  limit: z.number().int().min(1).max(100).optional(),
  sources: z.array(z.enum(['web', 'news', 'images'])).optional(),
});

export function startFirecrawlStub(options: StubOptions = {}): Promise<Stub> {
  return startRestStub(
    {
      basePath: '',
      admits: (headers, key) => headers.authorization === `Bearer ${key}`,
      error: (status, message, { headers }) => ({
        success: false,
        error: `${message} ${status}: ${headers.authorization ?? ''}`,
      }),
      routes: {
        'GET /v2/team/credit-usage': () => ({ json: { success: true, data: { remainingCredits: 10 } } }),
        'POST /v2/scrape': ({ body }) => {
          const parsed = scrape.safeParse(body);
          if (!parsed.success) return refuse(400, parsed.error.message);
          const { url, onlyMainContent = true } = parsed.data;
          const { hostname } = new URL(url);
          const menu = onlyMainContent ? '' : '[Menu](/)\n\n';
          const metadata = { title: hostname, sourceURL: url, statusCode: 200 };
          return { json: { success: true, data: { markdown: `${menu}# ${hostname}`, metadata } } };
        },
        'POST /v2/search': ({ body }) => {
          const parsed = search.safeParse(body);
          if (!parsed.success) return refuse(400, parsed.error.message);
          const { query, limit = 5 } = parsed.data;
          const web = Array.from({ length: limit }, (_, index) => ({
            url: `https://example.com/${encodeURIComponent(query)}/${index}`,
            title: `${query} ${index}`,
            description: index === 0 ? `About ${query}` : null,
            position: index + 1,
          }));
          return { json: { success: true, data: { web }, creditsUsed: 2 } };
        },
      },
    },
    options,
  );
}
