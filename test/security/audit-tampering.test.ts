/** Claims about what is done to the audit log by somebody who owns the database: each is noticed, and the first bad row named. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AuditLog } from '../../src/security/audit';
import type { Verification } from '../../src/security/audit-verification';
import { auditKey, ringOf, sealOf } from '../../src/security/audit-keys';
import { textOfRow } from '../../src/store/audit-row';
import type { AuditGround } from './audit-ground';
import { auditGround, event } from './audit-ground';

const ROWS = 30;

let ground: AuditGround;
/** A second passes with every row. */
let clock = Date.UTC(2026, 10, 23);
const now = (): number => (clock += 1_000);

beforeAll(async () => {
  ground = await auditGround();
  const log = await ground.open({ now });
  for (let number = 1; number <= ROWS; number += 1) await log.record(event(number));
  await log.close();
  await ground.tamper('CREATE TABLE untouched AS TABLE audit');
  writeFileSync(`${ground.headFile}.untouched`, readFileSync(ground.headFile));
});
afterAll(() => ground.close());
beforeEach(async () => {
  await ground.tamper('DELETE FROM audit; INSERT INTO audit TABLE untouched');
  writeFileSync(ground.headFile, readFileSync(`${ground.headFile}.untouched`));
});

async function verified(keys = ground.keys, headFile = ground.headFile): Promise<Verification> {
  const log = await ground.open({ keys, headFile, now });
  try {
    return await log.verify();
  } finally {
    await log.close();
  }
}

const shift = (from: number): string =>
  `UPDATE audit SET sequence = sequence + 1001 WHERE sequence >= ${from}; UPDATE audit SET sequence = sequence - 1000 WHERE sequence > 1000;`;

test('a log that nobody touched is intact', async () => {
  expect(await verified()).toMatchObject({
    intact: true,
    rows: ROWS,
    head: { sequence: ROWS },
    exported: { heads: 1, newest: ROWS, unreadable: 0 },
    protection: 'trigger',
  });
});

test.each([
  ['at', "at + interval '1 microsecond'"],
  ['actor_id', "'key-9'"],
  ['actor_kind', "'system'"],
  ['actor_roles', "ARRAY['operator,author']"],
  ['action', "'execution.read'"],
  ['resource_kind', 'NULL'],
  ['resource_id', "resource_id || ' '"],
  ['outcome', "'allowed'"],
  ['reason', "''"],
  ['request_id', 'NULL'],
  ['address', "'127.0.0.2'"],
  ['details', `'{"method":"POST","route":"/workflows/{name}/execute","status": 409}'`],
  ['hash', "decode(repeat('00', 32), 'hex')"],
])('a changed %s is noticed', async (column, value) => {
  await ground.tamper(`UPDATE audit SET ${column} = ${value} WHERE sequence IN (7, 20)`);
  expect(await verified()).toMatchObject({ intact: false, fault: { sequence: 7, kind: 'altered' } });
});

test('what is moved from one column into the next is noticed', async () => {
  await ground.tamper(
    "UPDATE audit SET request_id = request_id || E'\\x1f' || address, address = NULL WHERE sequence = 4",
  );
  expect(await verified()).toMatchObject({ fault: { sequence: 4, kind: 'altered' } });
});

test('a row that names a key which there never was is noticed', async () => {
  await ground.tamper("UPDATE audit SET key_id = 'feedbeef' WHERE sequence = 9");
  const { fault } = await verified();
  expect(fault).toMatchObject({ sequence: 9, kind: 'unknown-key' });
  expect(fault?.detail).toContain('feedbeef');
});

test('a row that was taken out of the middle is missing, also when the others close ranks', async () => {
  await ground.tamper('DELETE FROM audit WHERE sequence = 12');
  expect(await verified()).toMatchObject({ rows: 12, fault: { sequence: 12, kind: 'missing' } });
  await ground.tamper('UPDATE audit SET sequence = sequence - 1 WHERE sequence > 12');
  expect(await verified()).toMatchObject({ fault: { sequence: 12, kind: 'altered' } });
});

test('the first row may not be missing either', async () => {
  await ground.tamper('DELETE FROM audit WHERE sequence <= 3');
  expect(await verified()).toMatchObject({ fault: { sequence: 1, kind: 'missing' } });
});

test('two rows that changed places are noticed', async () => {
  await ground.tamper(
    'UPDATE audit SET sequence = 1005 WHERE sequence = 5; UPDATE audit SET sequence = 5 WHERE sequence = 9; UPDATE audit SET sequence = 9 WHERE sequence = 1005',
  );
  expect(await verified()).toMatchObject({ fault: { sequence: 5, kind: 'altered' } });
});

test('a row that was put in is noticed, whether the others make room or not', async () => {
  await ground.tamper(`${shift(8)} INSERT INTO audit SELECT 8, at, key_id, actor_id, actor_kind, actor_roles, action,
    resource_kind, resource_id, outcome, reason, request_id, address, details, hash FROM audit WHERE sequence = 3`);
  expect(await verified()).toMatchObject({ fault: { sequence: 8, kind: 'altered' } });
  await ground.tamper(`DELETE FROM audit; INSERT INTO audit TABLE untouched; ALTER TABLE audit DROP CONSTRAINT audit_pkey;
    INSERT INTO audit SELECT * FROM audit WHERE sequence = 15`);
  try {
    expect(await verified()).toMatchObject({ fault: { sequence: 15, kind: 'altered' } });
  } finally {
    await ground.tamper('DELETE FROM audit; ALTER TABLE audit ADD PRIMARY KEY (sequence)');
  }
});

test('an end that was cut off is noticed by what was exported, and only by that', async () => {
  await ground.tamper('DELETE FROM audit WHERE sequence > 20');
  expect(await verified()).toMatchObject({ rows: 20, fault: { sequence: 21, kind: 'missing' } });
  expect(await verified(ground.keys, `${ground.headFile}.none`)).toMatchObject({ intact: true });
  await ground.tamper('TRUNCATE audit');
  expect(await verified()).toMatchObject({ rows: 0, fault: { sequence: 1, kind: 'missing' } });
});

test('rows that were sealed anew with another key under the name of ours are noticed', async () => {
  const { id } = ground.keys.current;
  await reseal(6, { ...auditKey(randomBytes(32)), id });
  expect(await verified()).toMatchObject({ fault: { sequence: 6, kind: 'altered' } });
});

test('rows that were sealed anew with the stolen key itself differ from what was exported', async () => {
  await reseal(6, ground.keys.current);
  expect(await verified()).toMatchObject({ fault: { sequence: ROWS, kind: 'replaced' } });
});

test.each([
  ['fewer', 5],
  ['more', 40],
])('an old state that was put back and written on with %s rows than it had is noticed', async (_, more) => {
  await ground.tamper('DELETE FROM audit WHERE sequence > 10');
  const log = await ground.open({ now });
  for (let number = 0; number < more; number += 1) await log.record(event(number));
  await log.close();
  expect(await verified()).toMatchObject({ fault: { sequence: 11, kind: 'replaced' } });
});

test('rows of an older key stay good, and are named while that key is not given', async () => {
  const newer = auditKey(randomBytes(32));
  const both = ringOf([newer, ground.keys.current]);
  const log = await ground.open({ keys: both, now });
  await log.record(event(31));
  await log.close();
  expect(await verified(both)).toMatchObject({ intact: true, rows: 31 });
  expect(await verified(ringOf([newer]))).toMatchObject({ fault: { sequence: 1, kind: 'unknown-key' } });
});

/** What somebody does who knows how the chain is made: rows from there on are changed and get new seals. */
async function reseal(from: number, key: AuditKeyLike): Promise<void> {
  const rows = await ground.store.audit.find({}, { order: 'oldest', limit: ROWS });
  let hash = rows[from - 2]?.hash ?? '';
  for (const row of rows.slice(from - 1)) {
    hash = sealOf(key, hash, textOfRow({ ...row, action: 'nothing.at.all' }));
    await ground.tamper(
      `UPDATE audit SET action = 'nothing.at.all', hash = decode('${hash}', 'hex') WHERE sequence = ${row.sequence}`,
    );
  }
}

type AuditKeyLike = Parameters<typeof sealOf>[0];

test('a process notices, and says so, that what was exported is gone: at its start, and what another one exported when it exports', async () => {
  const late: string[] = [];
  const other = await ground.open({
    logger: { error: (_: unknown, text: string) => late.push(text), info() {} } as never,
  });
  await ground.tamper('DELETE FROM audit WHERE sequence > 20');
  const errors: string[] = [];
  const logger = { error: (_: unknown, text: string) => errors.push(text), info() {} } as never;
  const log: AuditLog = await ground.open({ logger });
  expect(errors).toEqual([expect.stringContaining('run omni audit verify')]);
  writeFileSync(ground.headFile, readFileSync(`${ground.headFile}.untouched`));
  await other.close();
  expect(late).toEqual(errors);
  await log.close();
});
