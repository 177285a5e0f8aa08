/** Where an installation keeps and tells things: what somebody without its keys gets to read there. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { Client } from 'pg';

export interface Found {
  readonly where: string;
  readonly bytes: Uint8Array;
}

/** Everything in a tree of values: texts, names of members, bytes. `payloads` is given those of Temporal that are in it. */
function bytesOf(tree: unknown, payloads?: Payload[]): Buffer {
  const parts: Buffer[] = [];
  const seen = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') parts.push(Buffer.from(String(value)));
    else if (value instanceof Uint8Array) parts.push(Buffer.from(value));
    else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      if ('metadata' in value && 'data' in value) payloads?.push(value as Payload);
      for (const [key, member] of Object.entries(value)) {
        parts.push(Buffer.from(key));
        walk(member);
      }
    }
  };
  walk(tree);
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]));
}

/** Every run of every workflow that Temporal knows: what lists show, what it describes, its events. */
export async function rawExecutions(
  address: string,
): Promise<{ found: readonly Found[]; payloads: readonly Payload[] }> {
  const connection = await Connection.connect({ address });
  const { workflowService } = connection;
  const namespace = 'default';
  const found: Found[] = [];
  const payloads: Payload[] = [];
  try {
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await workflowService.listWorkflowExecutions({
        namespace,
        pageSize: 100,
        ...(nextPageToken && { nextPageToken }),
      });
      for (const info of page.executions) {
        const { execution } = info;
        if (!execution) continue;
        const where = `${info.type?.name} ${execution.workflowId}`;
        const described = await workflowService.describeWorkflowExecution({ namespace, execution });
        found.push({ where: `${where}, listed and described`, bytes: bytesOf([info, described], payloads) });
        for (const [index, event] of (await eventsOf(connection, execution)).entries())
          found.push({ where: `${where}, event ${index + 1}`, bytes: bytesOf(event, payloads) });
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
  } finally {
    await connection.close();
  }
  return { found, payloads };
}

interface Execution {
  readonly workflowId?: string | null;
  readonly runId?: string | null;
}

async function eventsOf({ workflowService }: Connection, execution: Execution): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution,
      ...(nextPageToken && { nextPageToken }),
    });
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return events;
}

/** Every row of every table, as text and as bytes. */
export async function databaseRows(url: string): Promise<readonly Found[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = current_schema()`,
    );
    const found: Found[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<object>(`SELECT *, t::text AS "whole" FROM ${name} t`);
      found.push(...rows.map((row) => ({ where: `table ${name}`, bytes: bytesOf(row) })));
    }
    return found;
  } finally {
    await client.end();
  }
}

/** All files of a folder, at any depth, but those of these names. */
export function filesBelow(folder: string, except: ReadonlySet<string>): readonly Found[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !except.has(entry.name))
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return { where: path.relative(folder, file), bytes: readFileSync(file) };
    });
}
