/** The tool `row.insert`: new rows of a table. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const tableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/)
  .describe('Name of the table.');

const columnName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/);

export const columnNames = z.array(columnName).min(1).max(100);

export const row = z.record(columnName, z.unknown());

export const givenRows = z
  .array(row)
  .min(1)
  .max(1000)
  .describe('The rows: values by column, the same columns in each.');

export const storedRows = z.object({ rows: z.array(row).describe('The rows as they are stored now.') });

export const insertInput = z.strictObject({ table: tableName, rows: givenRows });

export type InsertInput = z.infer<typeof insertInput>;
export type RowsOutput = z.infer<typeof storedRows>;

export const rowInsert: ToolContract = {
  name: 'row.insert',
  title: 'Insert rows',
  description: 'Adds rows to a table. It is tried once; `row.upsert` can be repeated.',
  category: 'row',
  input: insertInput,
  output: storedRows,
  idempotent: 'none',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: 'all',
};
