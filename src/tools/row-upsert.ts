/** The tool `row.upsert`: rows of a table, new ones or in place of those with the same key. */
import { z } from 'zod';
import { columnNames, givenRows, storedRows, tableName } from './row-insert';
import type { ToolContract } from './tool';

export const upsertInput = z.strictObject({
  table: tableName,
  rows: givenRows,
  conflict: columnNames.describe('The unique columns that tell whether a row is there already.'),
});

export type UpsertInput = z.infer<typeof upsertInput>;

export const rowUpsert: ToolContract = {
  name: 'row.upsert',
  title: 'Insert or replace rows',
  description: 'Adds rows to a table, or updates those that have the same unique columns.',
  category: 'row',
  input: upsertInput,
  output: storedRows,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: 'all',
};
