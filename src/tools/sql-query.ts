/** The tool `sql.query`: one SQL statement with parameters. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const sqlInput = z.strictObject({
  sql: z.string().min(1).max(50_000).describe('One statement, with `$1`, `$2` … where values belong.'),
  params: z
    .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .max(500)
    .optional()
    .describe('The values, in order. Values of others belong here and never into `sql`.'),
});

export const sqlOutput = z.object({
  rows: z.array(z.record(z.string(), z.unknown())).describe('The rows: values by column.'),
  rowCount: z.number().int().describe('How many rows were read or changed.'),
});

export type SqlInput = z.infer<typeof sqlInput>;
export type SqlOutput = z.infer<typeof sqlOutput>;

export const sqlQuery: ToolContract = {
  name: 'sql.query',
  title: 'Run SQL',
  description:
    'Runs one SQL statement, which only reads unless `config.write` is true; a writing one takes effect once.',
  category: 'sql',
  input: sqlInput,
  output: sqlOutput,
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: 'all',
};
