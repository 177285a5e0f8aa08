/** The tool `row.select`: rows of a table by the values of columns. */
import { z } from 'zod';
import { columnNames, row, tableName } from './row-insert';
import type { ToolContract } from './tool';

const value = z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]);

export const selectInput = z.strictObject({
  table: tableName,
  columns: columnNames.optional().describe('Which columns; all unless told.'),
  where: z.record(columnNames.element, value).optional().describe('Only rows that have these values, by column.'),
  orderBy: columnNames.element.optional().describe('Column to sort by.'),
  descending: z.boolean().optional().describe('Whether the greatest comes first.'),
  limit: z.number().int().min(1).max(1000).optional().describe('At most this many rows; 100 unless told.'),
});

export const selectOutput = z.object({ rows: z.array(row).describe('The rows: values by column.') });

export type SelectInput = z.infer<typeof selectInput>;

export const rowSelect: ToolContract = {
  name: 'row.select',
  title: 'Select rows',
  description: 'Reads rows of a table.',
  category: 'row',
  input: selectInput,
  output: selectOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: 'all',
};
