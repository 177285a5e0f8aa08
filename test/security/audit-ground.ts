/** A database of a test's own with an audit log on it, and the hands of somebody who may do anything in that database. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { AuditEvent, AuditLog } from '../../src/security/audit';
import type { AuditKeys } from '../../src/security/audit-keys';
import { auditKey, ringOf } from '../../src/security/audit-keys';
import { openAuditLog } from '../../src/security/audit-log';
import { migrate } from '../../src/store/migrate';
import type { Store } from '../../src/store/store';
import { openStore } from '../../src/store/store';
import { quiet, testDatabaseUrl } from '../support';

export interface AuditGround {
  readonly url: string;
  readonly store: Store;
  readonly keys: AuditKeys;
  readonly folder: string;
  readonly headFile: string;
  /** One more log on the same database, as another process has it. */
  open(options?: Partial<Parameters<typeof openAuditLog>[0]>): Promise<AuditLog>;
  /** As the server's superuser, with the table's triggers out of the way. */
  tamper(sql: string): Promise<void>;
  close(): Promise<void>;
}

export async function auditGround(): Promise<AuditGround> {
  const server = await testDatabaseUrl();
  const name = `audit_${randomUUID().replaceAll('-', '')}`;
  await run(server, `CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  await migrate(url);
  const store = openStore(url);
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-audit-'));
  const headFile = path.join(folder, 'heads.jsonl');
  const keys = ringOf([auditKey(randomBytes(32))]);
  return {
    url,
    store,
    keys,
    folder,
    headFile,
    open: (options = {}) => openAuditLog({ table: store.audit, keys, headFile, logger: quiet, ...options }),
    tamper: (sql) => run(url, `SET session_replication_role = replica; ${sql}`),
    async close() {
      await store.close();
      await run(server, `DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export function event(number: number, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    actor: { id: `key-${number % 3}`, kind: 'key', roles: ['operator', 'author'] },
    action: 'execution.start',
    resource: { kind: 'workflows', id: `flow-${number}` },
    outcome: 'failed',
    reason: 'conflict',
    requestId: `r-${number}`,
    address: '127.0.0.1',
    details: { method: 'POST', route: '/workflows/{name}/execute', status: 409 },
    ...more,
  };
}
