/** Neon on a real PostgreSQL: reading, writing once, and what is refused. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createNeonProvider } from '../../src/providers/neon';
import type { SqlOutput } from '../../src/tools/sql-query';
import type { Provider } from '../../src/tools/tool';
import { callTool, describeTools, failureOf, type ToolCase } from '../contracts/provider';
import { testDatabaseUrl } from '../servers';

const table = `lessons_${randomUUID().replaceAll('-', '')}`;
let url: string;
let neon: Provider;
beforeAll(async () => {
  url = await testDatabaseUrl();
  neon = createNeonProvider({ NEON_DATABASE_URL: url });
  await run(`CREATE TABLE ${table} (id int PRIMARY KEY, title text)`, { write: true });
});
afterAll(() => run(`DROP TABLE ${table}`, { write: true, key: 'drop' }));

interface Manner {
  readonly write?: boolean;
  readonly key?: string;
  readonly params?: readonly unknown[];
  readonly timeoutMs?: number;
}

async function run(
  sql: string,
  { write = false, key = sql, params = [], timeoutMs = 20_000 }: Manner = {},
): Promise<SqlOutput> {
  const call = { idempotencyKey: `${table}/${key}`, config: { write }, timeoutMs };
  return (await callTool(neon, { tool: 'sql.query', input: { sql, params } }, call)).output as SqlOutput;
}

const CASES: readonly ToolCase[] = [
  {
    tool: 'sql.query',
    input: { sql: 'SELECT $1::text AS word, $2::int AS number', params: ["'; DROP TABLE x; --", 7] },
    check: (output) => expect(output).toEqual({ rows: [{ word: "'; DROP TABLE x; --", number: 7 }], rowCount: 1 }),
    refuses: [
      { why: 'what is no SQL', input: { sql: 'SELEKT 1' }, type: 'validation' },
      { why: 'two statements', input: { sql: 'SELECT 1; SELECT 2' }, type: 'validation' },
      { why: 'a statement that writes', input: { sql: 'CREATE TABLE never (id int)' }, type: 'validation' },
      { why: "the platform's tables", input: { sql: 'SELECT * FROM definitions' }, type: 'policy' },
      {
        why: "the platform's tables behind other words",
        input: { sql: 'WITH d AS (SELECT (SELECT count(*) FROM idempotency) AS n) SELECT n FROM d' },
        type: 'policy',
      },
    ],
  },
];
describeTools('neon', () => neon, CASES);

describe('neon', () => {
  test('a writing statement takes effect once for each key, and answers alike', async () => {
    const insert = `INSERT INTO ${table} VALUES ((SELECT count(*) FROM ${table}), $1) RETURNING id, title`;
    const once = { write: true, key: 'first', params: ['Verbs'] };
    const answers = await Promise.all([run(insert, once), run(insert, once), run(insert, once)]);
    for (const answer of answers) expect(answer).toEqual({ rows: [{ id: 0, title: 'Verbs' }], rowCount: 1 });
    await run(insert, { ...once, key: 'second' });
    expect(await run(`SELECT count(*)::int AS n FROM ${table}`)).toEqual({ rows: [{ n: 2 }], rowCount: 1 });
  });

  test('what was refused left nothing behind and can be tried anew', async () => {
    const error = await failureOf(run(`INSERT INTO ${table} VALUES (0, 'twice')`, { write: true, key: 'clash' }));
    expect(error).toMatchObject({ retryable: false, problem: { type: 'validation' } });
    expect(error.message).toContain('23505');
    await failureOf(run(`DELETE FROM definitions`, { write: true, key: 'tamper' }));
    expect((await run(`INSERT INTO ${table} VALUES (9, 'late')`, { write: true, key: 'clash' })).rowCount).toBe(1);
  });

  test('a slow statement ends at its time, and a cancelled one at once', async () => {
    const slow = await failureOf(run('SELECT pg_sleep(30)', { timeoutMs: 200 }));
    expect(slow.problem.type).toBe('timeout');
    const cancel = new AbortController();
    const input = { sql: 'SELECT pg_sleep(30)' };
    const pending = failureOf(callTool(neon, { tool: 'sql.query', input }, { signal: cancel.signal }));
    setTimeout(() => cancel.abort(), 100);
    expect((await pending).problem.type).toBe('cancelled');
  });

  test('more than 4 MiB are not read', async () => {
    const error = await failureOf(run("SELECT repeat('x', 1000000) AS x FROM generate_series(1, 200)"));
    expect(error.problem.type).toBe('too-large');
  });

  test('a wrong address is named, never quoted', async () => {
    for (const odd of ['', 'https://user:secret@host/db', 'postgresql://user:secret@127.0.0.1:1/db']) {
      const error = await failureOf(
        callTool(createNeonProvider({ NEON_DATABASE_URL: odd }), { tool: 'sql.query', input: { sql: 'SELECT 1' } }),
      );
      expect(error.message).toContain('NEON_DATABASE_URL');
      expect(error.message).not.toContain('secret');
    }
    await neon.probe?.(new AbortController().signal);
  });
});
