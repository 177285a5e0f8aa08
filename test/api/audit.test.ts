/** Claims about the audit log over HTTP and at the command line: what is listed, written out and verified. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import { rememberedTerminal } from '../cli/terminal';
import type { AuditGround } from '../security/audit-ground';
import { auditGround, event } from '../security/audit-ground';
import type { Door } from './door';
import { openDoor } from './door';

const action = `act-${randomUUID()}`;
const folder = mkdtempSync(path.join(tmpdir(), 'omni-audit-cli-'));
let door: Door;
let ground: AuditGround;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: {} });
  ground = await auditGround();
  for (let number = 0; number < 5; number += 1)
    await door.audit.record(event(number, { action, outcome: number === 4 ? 'denied' : 'allowed' }));
});
afterAll(async () => {
  await door.close();
  await ground.close();
  rmSync(folder, { recursive: true });
});

async function omni(args: readonly string[], env: Record<string, string> = {}) {
  const terminal = rememberedTerminal({ env: { ...door.env, ...env } });
  const status = await runProgram(['audit', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

test('rows are listed by filter, a page at a time, the newest first', async () => {
  const first = await door.ask('GET', `/audit?action=${action}&limit=3`);
  expect(first.status).toBe(200);
  const ids = (body: typeof first.body): string[] =>
    body.events.map((one: { resource: { id: string } }) => one.resource.id);
  expect(ids(first.body)).toEqual(['flow-4', 'flow-3', 'flow-2']);
  const second = await door.ask('GET', `/audit?action=${action}&limit=3&cursor=${first.body.next}`);
  expect([ids(second.body), second.body.next]).toEqual([['flow-1', 'flow-0'], undefined]);
  const found = async (query: string): Promise<string[]> =>
    ids((await door.ask('GET', `/audit?action=${action}&${query}`)).body);
  expect(await found('outcome=denied')).toEqual(['flow-4']);
  expect(await found('resource=workflows/flow-2')).toEqual(['flow-2']);
  expect(await found('actor=key-1&order=oldest')).toEqual(['flow-1', 'flow-4']);
  expect(await found('until=2026-01-01')).toEqual([]);
  expect(await found('since=2020-01-01T00:00:00%2B01:00&resource=workflows')).toHaveLength(5);
  expect((await door.ask('GET', '/audit?cursor=x')).status).toBe(400);
  expect((await door.ask('GET', '/audit?who=me')).status).toBe(400);
});

test('no route changes a row', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect((await door.ask(method, '/audit')).status).toBe(405);
});

test('the API verifies the whole log', async () => {
  const { status, body } = await door.ask('GET', '/audit/verify');
  expect(status).toBe(200);
  expect(body).toMatchObject({ intact: true, rows: body.head.sequence, protection: 'trigger' });
  const asked = await omni(['verify', '--server', door.url, '--json']);
  expect([asked.status, JSON.parse(asked.stdout)]).toMatchObject([0, { intact: true }]);
});

test('omni audit list shows a line for each row', async () => {
  const { status, stdout, stderr } = await omni(['list', '--action', action, '--limit', '2']);
  expect([status, stderr]).toEqual([0, '2 rows; there are more\n']);
  expect(stdout.split('\n')[0]).toMatch(
    new RegExp(`^\\d+  \\S+Z  denied  key-1 \\(key\\)  ${action}  workflows/flow-4  conflict$`),
  );
  expect((await omni(['list', '--limit', 'some'])).status).toBe(2);
  expect((await omni(['list', '--outcome', 'lost'])).status).toBe(2);
});

test('omni audit export writes JSON lines, the oldest first, and goes on where it ended', async () => {
  const file = path.join(folder, 'audit.jsonl');
  const filter = ['--action', action];
  expect(await omni(['export', ...filter, '-o', file])).toMatchObject({ status: 0, stdout: '' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as { sequence: number; hash: string });
  expect(rows).toHaveLength(5);
  expect(rows.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  const rest = await omni(['export', ...filter, '--after', String(rows[3]?.sequence)]);
  expect(rest.stdout).toBe(`${lines[4]}\n`);
});

test('omni audit verify reads the database itself, and ends with 1 and the row when something was changed', async () => {
  const key = Buffer.from(ground.keys.current.key).toString('hex');
  const env = { DATABASE_URL: ground.url, AUDIT_KEY: key, AUDIT_HEAD_FILE: ground.headFile, OMNI_DATA_DIR: folder };
  const log = await ground.open();
  for (let number = 1; number <= 3; number += 1) await log.record(event(number));
  const early = await omni(['verify', '--heads', path.join(folder, 'none')], env);
  expect(early.stderr).toContain('No seal was exported');
  await log.close();
  expect(await omni(['verify'], env)).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('3 rows, each as it was written; the newest exported one is 3'),
  });
  await ground.tamper('DELETE FROM audit WHERE sequence = 3');
  const cut = await omni(['verify', '--json'], env);
  expect([cut.status, JSON.parse(cut.stdout)]).toMatchObject([1, { fault: { sequence: 3, kind: 'missing' } }]);
  await ground.tamper("UPDATE audit SET reason = 'x' WHERE sequence = 2");
  const altered = await omni(['verify'], env);
  expect([altered.status, altered.stderr]).toEqual([1, expect.stringContaining('Row 2 does not fit its seal')]);
  expect((await omni(['verify'], { ...env, AUDIT_KEY: '' })).stderr).toContain('AUDIT_KEY is not set');
  expect((await omni(['verify', '--server', door.url, '--heads', 'x'])).status).toBe(2);
});
