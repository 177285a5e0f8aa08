/** Firecrawl: pages of the web as Markdown, and search. It bills credits, whose price is the account's plan's. */
import { z } from 'zod';
import type { ScrapeInput, ScrapeOutput } from '../tools/web-scrape';
import type { SearchInput, SearchOutput } from '../tools/web-search';
import { defineProvider } from './define-provider';

const scraped = z.object({
  success: z.literal(true),
  data: z.object({
    markdown: z.string(),
    metadata: z.object({ title: z.string().optional().catch(undefined), sourceURL: z.string().optional() }),
  }),
});
const found = z.object({
  success: z.literal(true),
  data: z.object({
    web: z.array(z.object({ url: z.string(), title: z.string(), description: z.string().nullish() })).default([]),
  }),
});

const USUAL_RESULTS = 5;

export const FIRECRAWL = defineProvider({
  provider: 'firecrawl',
  title: 'Firecrawl',
  keyVariable: 'FIRECRAWL_API_KEY',
  baseUrlVariable: 'FIRECRAWL_BASE_URL',
  baseUrl: 'https://api.firecrawl.dev',
  sources: [
    'https://docs.firecrawl.dev/api-reference/endpoint/scrape',
    'https://docs.firecrawl.dev/api-reference/endpoint/search',
    'https://docs.firecrawl.dev/rate-limits',
  ],
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  probe: '/v2/team/credit-usage',
  limits: { perSecond: 1, burst: 10, concurrent: 5 },
  tools: {
    'web.scrape': async ({ url, mainOnly = true }: ScrapeInput, call) => {
      const { data } = await call.json(scraped, {
        method: 'POST',
        path: '/v2/scrape',
        body: { url, formats: ['markdown'], onlyMainContent: mainOnly, timeout: Math.max(1000, call.timeoutMs - 1000) },
      });
      const { title, sourceURL = url } = data.metadata;
      const output: ScrapeOutput = {
        url: sourceURL,
        ...(title === undefined ? {} : { title }),
        markdown: data.markdown,
      };
      return { output };
    },
    'web.search': async ({ query, limit = USUAL_RESULTS }: SearchInput, call) => {
      const { data } = await call.json(found, {
        method: 'POST',
        path: '/v2/search',
        body: { query, limit, sources: ['web'] },
      });
      const results = data.web.slice(0, limit).map(({ url, title, description }) => ({
        title,
        url,
        ...(description === null || description === undefined ? {} : { snippet: description }),
      }));
      return { output: { results } satisfies SearchOutput };
    },
  },
});
