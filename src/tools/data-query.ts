/** The tool `data.query`: figures of connected marketing and sales sources. */
import { z } from 'zod';
import type { ToolContract } from './tool';

const word = z.string().regex(/^[\w.-]{1,100}$/);

export const dataInput = z.strictObject({
  source: word.describe('The connected source, such as `google_ads`; `all` for every one.'),
  fields: z.array(word).min(1).max(100).describe('Names of the figures and of what they are grouped by.'),
  from: z.iso.date().optional().describe('First day; together with `to`.'),
  to: z.iso.date().optional().describe('Last day.'),
  period: word.optional().describe('In place of days, a word of the provider such as `last_7d`.'),
});

export const dataOutput = z.object({
  rows: z.array(z.record(z.string(), z.unknown())).describe('One object by field for each group.'),
});

export type DataInput = z.infer<typeof dataInput>;
export type DataOutput = z.infer<typeof dataOutput>;

export const dataQuery: ToolContract = {
  name: 'data.query',
  title: 'Query figures',
  description: 'Reads figures of connected sources, grouped by the fields.',
  category: 'data',
  input: dataInput,
  output: dataOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 120_000,
};
