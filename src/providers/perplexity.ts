/** Perplexity: answers that rest on the web, and its search alone. Its answers tell what they have cost. */
import { z } from 'zod';
import type { ToolAnswer } from '../tools/tool';
import type { SearchInput, SearchOutput } from '../tools/web-search';
import { defineProvider, type VendorCall, type VendorTool } from './define-provider';
import { modelTools } from './model-tools';
import { PERPLEXITY_CHAT } from './perplexity-chat';

const MODEL = 'perplexity/sonar';
const USUAL_RESULTS = 5;
const { 'llm.chat': chat, 'llm.object': object } = modelTools(PERPLEXITY_CHAT, { chat: MODEL });

export const PERPLEXITY = defineProvider({
  provider: 'perplexity',
  title: 'Perplexity',
  keyVariable: 'PERPLEXITY_API_KEY',
  baseUrlVariable: 'PERPLEXITY_BASE_URL',
  baseUrl: 'https://api.perplexity.ai',
  sources: [
    'https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/how-to',
    'https://docs.perplexity.ai/api-reference/responses-post',
    'https://docs.perplexity.ai/api-reference/search-post',
    'https://docs.perplexity.ai/guides/pricing',
  ],
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  modelNames: /^perplexity\/[\w.-]+$/,
  limits: { concurrent: 20 },
  prices: {
    usual: { 'llm.chat': MODEL, 'llm.object': MODEL },
    rates: {
      'web.search': { usdPerCall: 0.005, date: '2026-11', source: 'https://docs.perplexity.ai/guides/pricing' },
    },
  },
  tools: { 'llm.chat': chat as VendorTool, 'llm.object': object as VendorTool, 'web.search': search },
});

const found = z.object({
  results: z.array(
    z.object({
      title: z.string(),
      url: z.string(),
      snippet: z.string(),
      date: z.string().nullish(),
      last_updated: z.string().nullish(),
    }),
  ),
});

async function search({ query, limit = USUAL_RESULTS }: SearchInput, call: VendorCall): Promise<ToolAnswer> {
  const { results } = await call.json(found, {
    method: 'POST',
    path: '/search',
    body: { query, max_results: limit },
  });
  const output: SearchOutput = {
    results: results.map(({ title, url, snippet, date, last_updated: updated }) => {
      const when = date ?? updated;
      return { title, url, snippet, ...(when ? { date: when } : {}) };
    }),
  };
  return { output, usage: { model: 'search' } };
}
