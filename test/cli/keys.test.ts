/** `omni keys` against a server and against the database itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import type { Door } from '../api/door';
import { openDoor } from '../api/door';
import { TEST_AUDIT_KEY, testDatabaseUrl } from '../support';
import { rememberedTerminal } from './terminal';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: {} });
});
afterAll(() => door.close());

async function omni(args: readonly string[], env: Record<string, string> = door.env) {
  const terminal = rememberedTerminal({ env });
  const status = await runProgram(['keys', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

test('a key is made, opens what its role may, is listed without itself, and is revoked', async () => {
  const made = await omni(['create', '--role', 'operator', '--owner', 'ada', '--group', 'teacher', '--days', '90']);
  expect([made.status, made.stderr]).toEqual([
    0,
    expect.stringContaining('operator of ada, operator and teacher, active'),
  ]);
  const key = made.stdout.trim();
  const [, id = ''] = /^omni_([0-9a-v]{12})_/.exec(key) ?? [];
  expect((await omni(['list'], { ...door.env, OMNI_API_KEY: key })).stderr).toContain('needs the permission key:read');
  const listed = await omni(['list']);
  expect(listed.stdout).toContain(`${id}  operator of ada`);
  expect(listed.stdout).not.toContain(key);
  expect((await omni(['revoke', id])).stderr).toContain('revoked');
  expect((await omni(['list'], { ...door.env, OMNI_API_KEY: key })).stderr).toContain('OMNI_API_KEY');
});

test('who has lost every key makes one in the database', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-keys-'));
  const env = { DATABASE_URL: await testDatabaseUrl(), AUDIT_KEY: TEST_AUDIT_KEY, OMNI_DATA_DIR: folder };
  const made = await omni(['create', '--role', 'admin', '--local'], env);
  expect([made.status, made.stderr]).toEqual([0, expect.stringContaining('admin, admin, active')]);
  expect((await omni(['list'], { ...door.env, OMNI_API_KEY: made.stdout.trim() })).status).toBe(0);
  const { body } = await door.ask('GET', '/audit?actor=omni-keys-local&action=key:manage');
  expect(body.events[0]).toMatchObject({ outcome: 'allowed', details: { roles: ['admin'] } });
  rmSync(folder, { recursive: true });
});

test('a database that is away is named; a role that there is not is wrong usage', async () => {
  const away = await omni(['list', '--local'], { DATABASE_URL: 'postgres://u:secret@127.0.0.1:9/none' });
  expect([away.status, away.stderr]).toEqual([1, expect.stringContaining('PostgreSQL does not answer at 127.0.0.1:9')]);
  expect(away.stderr).not.toContain('secret');
  expect((await omni(['create', '--role', 'king'])).status).toBe(2);
});
