/** One statement of a definition on a database of its own connection: read-only, or once by key; never on the platform's tables. */
import { Socket } from 'node:net';
import { Client } from 'pg';
import { platformTables } from './platform-tables';
import { inQuerySpan } from './query-span';

export interface Statement {
  readonly url: string;
  readonly sql: string;
  readonly params: readonly (string | number | boolean | null)[];
  /** Given for a statement that writes: what the database remembers the answer by. */
  readonly onceAs?: string;
  readonly timeoutMs: number;
  /** Ends the connection, and with it a transaction that is not yet committed. */
  readonly signal: AbortSignal;
  /** Most bytes that may come back. */
  readonly maxBytes: number;
}

export interface StatementAnswer {
  readonly rows: readonly Record<string, unknown>[];
  readonly rowCount: number;
}

/** Why a statement was not carried out; anything else that is thrown is pg's, with PostgreSQL's or Node's `code`. */
export class StatementRefused extends Error {
  constructor(readonly reason: 'platform-table' | 'too-large') {
    super(reason);
  }
}

/** Answers of writing statements, in the same transaction as what they wrote, so that a repeated call is answered from here. */
const CALLS = 'omni_sql_calls';

/** Of the statement a span tells only what it does. */
export function runStatement(statement: Statement): Promise<StatementAnswer> {
  return inQuerySpan(statement.sql, { address: statement.url }, () => carriedOut(statement));
}

async function carriedOut(statement: Statement): Promise<StatementAnswer> {
  const { url, signal, timeoutMs, maxBytes, onceAs } = statement;
  const socket = new Socket();
  const client = new Client({ connectionString: url, stream: () => socket, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => undefined);
  const cut = (): void => void socket.destroy();
  signal.addEventListener('abort', cut, { once: true });
  let greedy = false;
  const watch = setInterval(() => {
    greedy ||= socket.bytesRead > maxBytes;
    if (greedy) cut();
  }, 20);
  try {
    signal.throwIfAborted();
    await client.connect();
    const answer = await (onceAs === undefined ? read(client, statement) : write(client, statement, onceAs));
    await client.end();
    return answer;
  } catch (thrown) {
    throw greedy ? new StatementRefused('too-large') : thrown;
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', cut);
    cut();
  }
}

async function read(client: Client, statement: Statement): Promise<StatementAnswer> {
  await client.query('BEGIN READ ONLY');
  return run(client, statement);
}

async function write(client: Client, statement: Statement, key: string): Promise<StatementAnswer> {
  await makeCalls(client);
  await client.query('BEGIN');
  // Waits for another attempt that is still under way with the same key.
  const claimed = await client.query(`INSERT INTO ${CALLS} (key) VALUES ($1) ON CONFLICT DO NOTHING`, [key]);
  if (claimed.rowCount === 0) {
    const { rows } = await client.query<{ answer: StatementAnswer }>(`SELECT answer FROM ${CALLS} WHERE key = $1`, [
      key,
    ]);
    if (rows[0] !== undefined) return rows[0].answer;
  }
  const answer = await run(client, statement);
  await client.query(`UPDATE ${CALLS} SET answer = $2 WHERE key = $1`, [key, JSON.stringify(answer)]);
  await client.query('COMMIT');
  return answer;
}

async function makeCalls(client: Client): Promise<void> {
  try {
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${CALLS} (key text PRIMARY KEY, answer jsonb, at timestamptz NOT NULL DEFAULT now())`,
    );
  } catch (thrown) {
    // Of two that make it at the same moment PostgreSQL refuses one, by the catalogue's own unique columns.
    if ((thrown as { readonly code?: unknown }).code !== '23505') throw thrown;
  }
}

async function run(client: Client, { sql, params, timeoutMs }: Statement): Promise<StatementAnswer> {
  await client.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.round(timeoutMs))}`);
  // The extended protocol takes one statement only, also without parameters.
  const { rows, rowCount } = await client.query<Record<string, unknown>>({
    text: sql,
    values: [...params],
    queryMode: 'extended',
  } as { text: string; values: unknown[] });
  if (await touchesPlatform(client)) throw new StatementRefused('platform-table');
  // As JSON has it: dates as text, for one.
  return JSON.parse(JSON.stringify({ rows, rowCount: rowCount ?? rows.length })) as StatementAnswer;
}

/** A transaction keeps the locks of every table that it has touched, so they tell what the statement looked at, by whatever way. */
async function touchesPlatform(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND n.nspname = 'public' AND c.relname = ANY($1)
       AND (SELECT bool_and(to_regclass('public.' || name) IS NOT NULL) FROM unnest($1::text[]) AS name)`,
    [[...platformTables()]],
  );
  return (rowCount ?? 0) > 0;
}
