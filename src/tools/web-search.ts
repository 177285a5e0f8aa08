/** The tool `web.search`: pages of the web about something. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const searchInput = z.strictObject({
  query: z.string().min(1).max(500).describe('What to look for.'),
  limit: z.number().int().min(1).max(20).optional().describe('At most this many pages; 5 unless told.'),
});

export const searchOutput = z.object({
  results: z
    .array(
      z.object({
        title: z.string().describe('Title of the page.'),
        url: z.string().describe('Address of the page.'),
        snippet: z.string().optional().describe('A passage of it, or what it is about.'),
        date: z.string().optional().describe('When it was published or changed, as the provider says it.'),
      }),
    )
    .describe('The pages, best first.'),
});

export type SearchInput = z.infer<typeof searchInput>;
export type SearchOutput = z.infer<typeof searchOutput>;

export const webSearch: ToolContract = {
  name: 'web.search',
  title: 'Search the web',
  description: 'Finds pages of the web.',
  category: 'web',
  input: searchInput,
  output: searchOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 30_000,
};
