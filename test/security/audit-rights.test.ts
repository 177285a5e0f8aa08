/** Claims about the rights of the database's account over the audit log, on accounts as hosted PostgreSQL has them. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrate } from '../../src/store/migrate';
import { openStore } from '../../src/store/store';
import { testDatabaseUrl } from '../servers';
import type { AuditGround } from './audit-ground';
import { auditGround, event, run } from './audit-ground';

let ground: AuditGround;
beforeAll(async () => {
  ground = await auditGround();
});
afterAll(() => ground.close());

/** A database that belongs to an account with these attributes, with our tables in it. */
async function hosted<T>(attributes: string, use: (url: string) => Promise<T>): Promise<T> {
  const server = await testDatabaseUrl();
  const name = `audit_${randomBytes(8).toString('hex')}`;
  await run(server, `CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${attributes}`);
  await run(server, `CREATE DATABASE ${name} OWNER ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}`, username: name, password: 'secret' }).href;
  try {
    await migrate(url);
    return await use(url);
  } finally {
    await run(server, `DROP DATABASE ${name} WITH (FORCE)`);
    await run(server, `DROP ROLE IF EXISTS omni_audit; DROP ROLE ${name}`);
  }
}

async function writesAndVerifies(url: string): Promise<string> {
  const store = openStore(url);
  const log = await ground.open({
    table: store.audit,
    headFile: `${ground.headFile}.${randomBytes(4).toString('hex')}`,
  });
  try {
    for (let number = 0; number < 3; number += 1) await log.record(event(number));
    const { intact, rows, protection } = await log.verify();
    expect({ intact, rows }).toEqual({ intact: true, rows: 3 });
    return protection;
  } finally {
    await log.close();
    await store.close();
  }
}

test('an account that may make roles gives the table away: it can add rows, and neither change them nor the table', async () => {
  await hosted('CREATEROLE', async (url) => {
    expect(await writesAndVerifies(url)).toBe('role');
    for (const sql of ["UPDATE audit SET action = 'x'", 'DELETE FROM audit', 'TRUNCATE audit'])
      await expect(run(url, sql)).rejects.toThrow('permission denied');
    for (const sql of ['ALTER TABLE audit DISABLE TRIGGER ALL', 'DROP TRIGGER audit_is_kept ON audit'])
      await expect(run(url, sql)).rejects.toThrow('must be owner');
  });
});

test('an account that may make no roles gives up the rights to change rows, and verifying says what is left', async () => {
  await hosted('NOCREATEROLE', async (url) => {
    expect(await writesAndVerifies(url)).toBe('trigger');
    for (const sql of ["UPDATE audit SET action = 'x'", 'DELETE FROM audit', 'TRUNCATE audit'])
      await expect(run(url, sql)).rejects.toThrow('permission denied');
  });
});
