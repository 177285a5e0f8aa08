/** A stub of Supabase's tables: PostgREST's requests on rows held in memory, with `id` as the key. */
import { z } from 'zod';
import { refuse, startRestStub, type RestAnswer } from './rest';
import type { Stub, StubOptions } from './stub';

type Row = Readonly<Record<string, unknown>>;
const rowsSent = z.union([
  z.array(z.record(z.string(), z.unknown())),
  z.record(z.string(), z.unknown()).transform((row) => [row]),
]);
const RESERVED = ['select', 'order', 'limit', 'on_conflict', 'columns'];

export function startSupabaseStub(options: StubOptions = {}): Promise<Stub> {
  const tables: Record<string, Row[]> = { lessons: [{ id: 1, title: 'Verbs', level: 'a1', done: null }] };

  function read(table: Row[], query: URLSearchParams): RestAnswer {
    const filters = [...query].filter(([name]) => !RESERVED.includes(name));
    const strange = filters.find(([, test]) => !/^(eq\.|is\.null$)/.test(test));
    if (strange !== undefined) return refuse(400, `failed to parse filter ${strange.join('=')}`);
    const found = table.filter((row) =>
      filters.every(([column, test]) =>
        test === 'is.null' ? row[column] === null : String(row[column]) === test.slice(3),
      ),
    );
    const [column = '', direction] = (query.get('order') ?? '').split('.');
    const sorted = column === '' ? found : found.toSorted((a, b) => compare(a[column], b[column]));
    const columns = query.get('select') ?? '*';
    const shown = (direction === 'desc' ? sorted.toReversed() : sorted).slice(0, Number(query.get('limit') ?? 1000));
    return {
      json:
        columns === '*'
          ? shown
          : shown.map((row) => Object.fromEntries(columns.split(',').map((name) => [name, row[name]]))),
    };
  }

  return startRestStub(
    {
      basePath: '',
      admits: (headers, key) => headers['apikey'] === key && headers.authorization === `Bearer ${key}`,
      error: (status, message, { headers }) => ({
        code: message.startsWith('duplicate key') ? '23505' : `PGRST${status}`,
        message: `${message}: ${headers.authorization ?? ''}`,
        details: null,
        hint: null,
      }),
      routes: {
        'GET /rest/v1/:table': ({ params, query }) => {
          const table = tables[params['table'] ?? ''];
          return table === undefined ? refuse(404, 'no such table') : read(table, query);
        },
        'POST /rest/v1/:table': ({ params, query, body, call, refused }) => {
          const table = tables[params['table'] ?? ''];
          const parsed = rowsSent.safeParse(body);
          const prefer = String(call.headers['prefer'] ?? '');
          if (table === undefined) return refuse(404, 'no such table');
          if (!parsed.success) return refuse(400, parsed.error.message);
          const merges = prefer.includes('resolution=merge-duplicates');
          if (merges && query.get('on_conflict') !== 'id') return refuse(400, 'no unique constraint matches');
          const there = (row: Row): number =>
            row['id'] === undefined ? -1 : table.findIndex(({ id }) => id === row['id']);
          if (!merges && parsed.data.some((row) => there(row) >= 0)) return refuse(409, 'duplicate key value');
          const stored = parsed.data.map((row) => ({ ...table[there(row)], ...row }));
          if (!refused) for (const row of stored) table.splice(there(row) < 0 ? table.length : there(row), 1, row);
          return prefer.includes('return=representation')
            ? { status: 201, json: stored }
            : { status: 201, bytes: Buffer.alloc(0), mediaType: 'application/json' };
        },
      },
    },
    options,
  );
}

const compare = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
