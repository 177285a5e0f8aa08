/**
 * The span of a statement: what it does and to which table of ours, never its text or parameters, by the names of
 * https://opentelemetry.io/docs/specs/semconv/db/database-spans/.
 */
import { trace } from '@opentelemetry/api';
import type { Pool } from 'pg';
import { inClientSpan } from '../tracing/client-span';
import { platformTables } from './platform-tables';

type Query = (...given: readonly unknown[]) => unknown;

const SYSTEM = 'postgresql';
const VERBS = new Set(
  'SELECT INSERT UPDATE DELETE WITH MERGE CALL COPY BEGIN COMMIT ROLLBACK SET LOCK FETCH DECLARE CREATE ALTER DROP'.split(
    ' ',
  ),
);

/** The pool, whose queries have spans from now on where something is traced. */
export function traced(pool: Pool): Pool {
  pool.query = spanning(pool.query.bind(pool)) as Pool['query'];
  pool.on('connect', (client) => {
    client.query = spanning(client.query.bind(client)) as typeof client.query;
  });
  return pool;
}

function spanning(query: Query): Query {
  return (...given) => {
    // The pool asks its connections with a callback, within the span of whoever asked the pool.
    const inside = typeof given.at(-1) === 'function';
    if (inside || trace.getActiveSpan()?.isRecording() !== true) return query(...given);
    const [statement] = given;
    const text = typeof statement === 'string' ? statement : (statement as { readonly text: string }).text;
    return inQuerySpan(text, {}, () => query(...given) as Promise<unknown>);
  };
}

/** `address`: URL of the database where it is none of ours, of whose tables nothing is told. */
export function inQuerySpan<T>(
  text: string,
  { address }: { readonly address?: string },
  work: () => Promise<T>,
): Promise<T> {
  const verb = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? '';
  const operation = VERBS.has(verb) ? verb : undefined;
  const table = address === undefined ? tableIn(text) : undefined;
  const name = [operation ?? SYSTEM, table].filter((part) => part !== undefined).join(' ');
  const attributes = {
    'db.system.name': SYSTEM,
    ...(operation !== undefined && { 'db.operation.name': operation }),
    ...(table !== undefined && { 'db.collection.name': table }),
  };
  return inClientSpan(name, { ...(address !== undefined && { address }), attributes }, work);
}

/** The first one that is named. */
function tableIn(text: string): string | undefined {
  const ours = platformTables();
  for (const [, name = ''] of text.matchAll(/\b(?:FROM|INTO|UPDATE|JOIN)\s+(\w+)/gi)) if (ours.has(name)) return name;
  return undefined;
}
