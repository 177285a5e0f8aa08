/** Claims about the audit log in use: what is written, what is found, who may write at once, what happens when nothing can be written. */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { auditKeys } from '../../src/security/audit-keys';
import { verifyLog } from '../../src/security/audit-log';
import { openStore } from '../../src/store/store';
import type { AuditGround } from './audit-ground';
import { auditGround, event, run } from './audit-ground';

const MAKE = { make: true };

let ground: AuditGround;
beforeAll(async () => {
  ground = await auditGround();
});
afterAll(() => ground.close());

test('twenty writers at once, over several connections, leave no gap', async () => {
  const stores = Array.from({ length: 4 }, () => openStore(ground.url));
  const logs = await Promise.all(
    Array.from({ length: 20 }, (_, index) => ground.open({ table: (stores[index % 4] ?? ground.store).audit })),
  );
  await Promise.all(
    logs.map(async (log, writer) => {
      for (let number = 0; number < 10; number += 1) await log.record(event(writer * 100 + number));
    }),
  );
  await Promise.all(logs[0] ? [logs[0].record(event(1)), logs[0].record(event(2)), logs[0].record(event(3))] : []);
  const log = await ground.open();
  expect(await log.verify()).toMatchObject({ intact: true, rows: 203, head: { sequence: 203 } });
  for (const one of [...logs, log]) await one.close();
  for (const store of stores) await store.close();
});

test('what was recorded is found by who, what, on what, how and when, a page at a time', async () => {
  const log = await ground.open();
  const action = `find-${randomBytes(4).toString('hex')}`;
  const begin = new Date();
  for (let number = 0; number < 5; number += 1)
    await log.record(event(number, { action, outcome: number === 4 ? 'denied' : 'allowed' }));
  const { events, next } = await log.list({ action, limit: 3 });
  expect(events).toMatchObject([
    {
      outcome: 'denied',
      resource: { kind: 'workflows', id: 'flow-4' },
      actor: { id: 'key-1', kind: 'key', roles: ['operator', 'author'] },
      requestId: 'r-4',
      address: '127.0.0.1',
      reason: 'conflict',
      details: { method: 'POST', route: '/workflows/{name}/execute', status: 409 },
    },
    { resource: { id: 'flow-3' } },
    { resource: { id: 'flow-2' } },
  ]);
  const rest = await log.list({ action, limit: 3, ...(next === undefined ? {} : { cursor: next }) });
  expect(rest.events.map(({ resource }) => resource?.id)).toEqual(['flow-1', 'flow-0']);
  expect(rest.next).toBeUndefined();
  const count = async (query: Parameters<typeof log.list>[0]): Promise<number> =>
    (await log.list({ action, ...query })).events.length;
  expect(await count({ actor: 'key-0' })).toBe(2);
  expect(await count({ resource: { kind: 'workflows', id: 'flow-2' } })).toBe(1);
  expect(await count({ resource: { kind: 'executions' } })).toBe(0);
  expect(await count({ outcome: 'denied' })).toBe(1);
  expect(await count({ since: begin })).toBe(5);
  expect(await count({ until: begin })).toBe(0);
  expect((await log.list({ action, order: 'oldest', limit: 1 })).events[0]?.resource?.id).toBe('flow-0');
  await expect(log.list({ cursor: '1; DROP TABLE audit' })).rejects.toMatchObject({ problem: { type: 'validation' } });
  await log.close();
});

test('personal data and control characters do not get into it, and the same person is still found', async () => {
  const log = await ground.open();
  const mail = 'ann.example@mail.example';
  const action = `private-${randomBytes(4).toString('hex')}`;
  await log.record(
    event(1, {
      action,
      actor: { id: mail, kind: 'token', roles: [] },
      resource: { kind: 'tasks', id: `of ${mail}\u001f\ud800\u0000` },
      reason: `DE89370400440532013000`,
      details: { id: mail },
    }),
  );
  await log.record(event(2, { action }));
  const { events } = await log.list({ actor: mail, action });
  expect(events).toHaveLength(1);
  const text = JSON.stringify(events);
  expect(text).not.toMatch(/ann|DE89|\\u00|\\ud8/);
  expect(events[0]?.actor.id).toMatch(/^\[EMAIL_\w+\]$/);
  expect((await log.verify()).intact).toBe(true);
  await log.close();
});

test('nothing may be changed, removed or left out, by the trigger alone', async () => {
  const log = await ground.open();
  await log.record(event(1));
  const kept = 'added, never changed or removed';
  await expect(run(ground.url, "UPDATE audit SET action = 'x'")).rejects.toThrow(kept);
  await expect(run(ground.url, 'DELETE FROM audit')).rejects.toThrow(kept);
  await expect(run(ground.url, 'TRUNCATE audit')).rejects.toThrow(kept);
  await expect(
    run(
      ground.url,
      `INSERT INTO audit SELECT max(sequence) + 2, now(), 'k', 'a', 'key', '{}', 'x', NULL, NULL, 'allowed', NULL, NULL, NULL, NULL, ''
       FROM audit`,
    ),
  ).rejects.toThrow('follow on each other');
  expect((await log.verify()).intact).toBe(true);
  await log.close();
});

test('who cannot be recorded is told so, with 503 and a time to come back, and the next one is recorded again', async () => {
  const store = openStore(ground.url);
  const log = await ground.open({ table: store.audit });
  await log.record(event(1));
  await run(ground.url, 'ALTER TABLE audit RENAME TO away');
  try {
    await expect(log.record(event(2))).rejects.toMatchObject({
      problem: { type: 'provider-unavailable', status: 503 },
      retryAfterMs: 1_000,
    });
  } finally {
    await run(ground.url, 'ALTER TABLE away RENAME TO audit');
  }
  await log.record(event(3));
  expect((await log.verify()).intact).toBe(true);
  await log.close();
  await store.close();
});

test('the newest seal is exported after a thousand rows and at the end; a half-written line harms no other', async () => {
  const headFile = path.join(ground.folder, 'exported.jsonl');
  const log = await ground.open({ headFile });
  const begin = (await log.verify()).exported.heads;
  await Promise.all(Array.from({ length: 1_100 }, (_, number) => log.record(event(number))));
  await log.close();
  expect(statSync(headFile).mode & 0o777).toBe(0o600);
  writeFileSync(headFile, `${readFileSync(headFile, 'utf8')}{"sequence":1`);
  const again = await ground.open({ headFile });
  await again.record(event(1));
  await again.close();
  const { intact, exported, head } = await again.verify();
  expect({ intact, newest: exported.newest, unreadable: exported.unreadable }).toEqual({
    intact: true,
    newest: head.sequence,
    unreadable: 1,
  });
  expect(exported.heads).toBeGreaterThanOrEqual(begin + 2);
});

test('what the process’s log says of exported seals can be verified against, too', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const log = await ground.open({ logger, headFile: path.join(ground.folder, 'logged.jsonl') });
  await log.record(event(1));
  await log.close();
  expect(lines.at(-1)).toContain('"audit head"');
  const headFile = path.join(ground.folder, 'from-the-log.jsonl');
  writeFileSync(headFile, lines.join(''));
  const { intact, exported, head } = await verifyLog({ table: ground.store.audit, keys: ground.keys, headFile });
  expect({ intact, ...exported }).toEqual({ intact: true, heads: lines.length, newest: head.sequence, unreadable: 0 });
});

test('the key is made once and for its owner only; in production it must be given', () => {
  const config = {
    environment: 'development' as const,
    dataDir: path.join(ground.folder, 'data'),
    audit: { keys: [], headFile: '' },
  };
  expect(() => auditKeys(config, { make: false })).toThrow('AUDIT_KEY is not set');
  const first = auditKeys(config, MAKE);
  expect(auditKeys(config, MAKE)).toEqual(first);
  const file = path.join(config.dataDir, 'audit.key');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const given = auditKeys({ ...config, audit: { keys: [randomBytes(32)], headFile: '' } }, MAKE);
  expect(given.current.id).not.toBe(first.current.id);
  expect(given.known.has(first.current.id)).toBe(true);
  expect(() => auditKeys({ ...config, environment: 'production' }, MAKE)).toThrow('AUDIT_KEY');
  writeFileSync(file, 'spoiled');
  expect(() => auditKeys(config, MAKE)).toThrow('audit.key');
});
