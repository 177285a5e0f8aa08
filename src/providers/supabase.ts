/** Supabase: rows of its tables by PostgREST, as far as row level security lets the anonymous key. */
import { z } from 'zod';
import { row, type InsertInput, type RowsOutput } from '../tools/row-insert';
import type { SelectInput } from '../tools/row-select';
import type { UpsertInput } from '../tools/row-upsert';
import { defineProvider, type VendorCall } from './define-provider';
import type { Refusal, Verdict } from './http/client';

const rows = z.array(row);
const USUAL_LIMIT = 100;

export const SUPABASE = defineProvider({
  provider: 'supabase',
  title: 'Supabase',
  keyVariable: 'SUPABASE_ANON_KEY',
  baseUrlVariable: 'SUPABASE_URL',
  byPlan: true,
  sources: [
    'https://docs.postgrest.org/en/stable/references/api/tables_views.html',
    'https://docs.postgrest.org/en/stable/references/errors.html',
    'https://supabase.com/docs/guides/api',
  ],
  headers: (key) => ({ apikey: key, authorization: `Bearer ${key}` }),
  honours: '`row.upsert` stores the same rows again; `row.insert` is tried once',
  refusal,
  tools: {
    'row.select': async ({ table, columns, where = {}, orderBy, descending, limit }: SelectInput, call) => {
      const query = new URLSearchParams({
        select: columns?.join(',') ?? '*',
        ...(orderBy === undefined ? {} : { order: `${orderBy}.${descending === true ? 'desc' : 'asc'}` }),
        limit: String(limit ?? USUAL_LIMIT),
      });
      for (const [column, value] of Object.entries(where))
        query.append(column, value === null ? 'is.null' : `eq.${String(value)}`);
      const found = await call.json(rows, { method: 'GET', path: `/rest/v1/${table}?${query.toString()}` });
      return { output: { rows: found } satisfies RowsOutput };
    },
    'row.insert': async ({ table, rows: given }: InsertInput, call) =>
      stored(`/rest/v1/${table}`, { given, prefer: 'return=representation' }, call),
    'row.upsert': async ({ table, rows: given, conflict }: UpsertInput, call) => {
      const path = `/rest/v1/${table}?on_conflict=${conflict.join(',')}`;
      return stored(path, { given, prefer: 'resolution=merge-duplicates,return=representation' }, call);
    },
  },
});

interface Sent {
  readonly given: readonly object[];
  readonly prefer: string;
}

async function stored(path: string, { given, prefer }: Sent, call: VendorCall): Promise<{ output: RowsOutput }> {
  return { output: { rows: await call.json(rows, { method: 'POST', path, body: given, headers: { prefer } }) } };
}

/** What the database refuses for the rows' own sake (https://www.postgresql.org/docs/current/errcodes-appendix.html, class 23) stays refused. */
function refusal({ status, body }: Refusal): Verdict | undefined {
  const broken = z.object({ code: z.string().regex(/^23/) }).safeParse(body).success;
  if (!broken) return undefined;
  const advice = 'A value is there already, is missing, or names a row that is not there. Check input.rows.';
  return {
    retryable: false,
    ...(status === 409 ? { words: { says: 'the rows break a rule of the table', advice } } : {}),
  };
}
