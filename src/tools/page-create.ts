/** The tool `page.create`: a page in a table of pages. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const pageInput = z.strictObject({
  dataSource: z
    .string()
    .min(1)
    .max(64)
    .describe('The provider’s id of the table (data source) that the page goes into.'),
  title: z.string().min(1).max(2000).describe('Title of the page.'),
  body: z.string().max(100_000).optional().describe('The text, in Markdown.'),
  properties: z
    .record(z.string().min(1), z.unknown())
    .optional()
    .describe('Further columns of the table by name, as the provider writes them.'),
});

export const pageOutput = z.object({
  id: z.string().describe('What the provider calls it.'),
  url: z.string().describe('Where people read it.'),
});

export type PageInput = z.infer<typeof pageInput>;
export type PageOutput = z.infer<typeof pageOutput>;

export const pageCreate: ToolContract = {
  name: 'page.create',
  title: 'Create a page',
  description: 'Creates a page in a table of pages, once however often the call is repeated.',
  category: 'page',
  input: pageInput,
  output: pageOutput,
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 60_000,
};
