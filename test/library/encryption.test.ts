/** A process starts only with the keys that its installation needs; what a missing one means while it runs. */
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { defaultPayloadConverter } from '@temporalio/common';
import { Pool } from 'pg';
import { loadConfig } from '../../src/config';
import type { KeyRing } from '../../src/encryption/key-ring';
import { createKeyRing } from '../../src/encryption/key-ring';
import type { KeyCheck } from '../../src/library/encryption';
import { checkedCodec } from '../../src/library/encryption';
import { KEY_WITHDRAWN_REASON } from '../../src/plan/payload-mark';
import type { EncryptionKeyTable } from '../../src/store/encryption-key-table';
import { encryptionKeyTable } from '../../src/store/encryption-key-table';
import { clientCodec } from '../../src/temporal/payload-codec';
import { testDatabaseUrl } from '../servers';

const ring = (...keys: Uint8Array[]): KeyRing => createKeyRing({ keys });
const [first, second] = [randomBytes(32), randomBytes(32)];
const ids = { first: ring(first).primary ?? '', second: ring(second).primary ?? '' };

let noted: Map<string, number>;
let ended: string[];
let outdated: string[];
beforeEach(() => {
  noted = new Map();
  ended = [];
  outdated = [];
});

/** Keeps rows of one installation alone; the real table is the last test's. */
const table: EncryptionKeyTable = {
  list: () => Promise.resolve([...noted.keys()]),
  firstUsed: (id) => Promise.resolve(noted.has(id) ? new Date(0) : undefined),
  note: (id, until) => Promise.resolve(void (noted.has(id) || noted.set(id, until.getTime()))),
  plaintextUntil: () => Promise.resolve(Math.min(...noted.values())),
};
const check = (keys: KeyRing | undefined, withdrawn = '', fresh = false): KeyCheck => ({
  config: loadConfig({ ENCRYPTION_WITHDRAWN_KEYS: withdrawn }),
  keys,
  table,
  fresh,
  terminate: (id, reason) => Promise.resolve(ended.push(`${id}: ${reason}`)),
  outdated: (id) => outdated.push(id),
});
const sealedBy = (keys: KeyRing) =>
  clientCodec({ keys, namespace: 'default' }).encode([defaultPayloadConverter.toPayload('x')], of('a'));
const of = (workflowId: string) => ({ type: 'workflow', namespace: 'default', workflowId }) as const;

test('a key that something was encrypted with must be there, or be given up by name', async () => {
  await checkedCodec(check(ring(first)));
  await expect(checkedCodec(check(ring(second)))).rejects.toThrow(ids.first);
  await expect(checkedCodec(check(undefined))).rejects.toThrow('ENCRYPTION_OLD_KEYS');
  await checkedCodec(check(ring(second, first)));
  await checkedCodec(check(ring(second), ids.first));
  await expect(checkedCodec(check(ring(second, first), ids.first))).rejects.toThrow('given as a key too');
});

test('a withdrawn key ends the execution that needs it, from outside and for a fixed reason', async () => {
  await checkedCodec(check(ring(first)));
  const codec = await checkedCodec(check(ring(second), ids.first));
  await codec?.decode(await sealedBy(ring(first)), of('a'));
  expect(ended).toEqual([`a: ${KEY_WITHDRAWN_REASON}`]);
});

test('a key that another process took into use since stops this one instead of the execution', async () => {
  const codec = await checkedCodec(check(ring(first)));
  await checkedCodec(check(ring(second, first)));
  await expect(codec?.decode(await sealedBy(ring(second)), of('a'))).rejects.toThrow('Restart it with the key');
  expect([outdated, ended]).toEqual([[ids.second], []]);
});

test('a key that was never used here is forged, and disturbs nobody else', async () => {
  const codec = await checkedCodec(check(ring(first)));
  await codec?.decode(await sealedBy(ring(second)), of('a'));
  expect([outdated, ended]).toEqual([[], []]);
});

test('the database keeps ids of keys, and the first time that plaintext was over', async () => {
  // In a schema of its own: platforms of other tests would miss these keys.
  const schema = `keys_${randomUUID().replaceAll('-', '')}`;
  const pool = new Pool({ connectionString: await testDatabaseUrl(), options: `-c search_path=${schema}`, max: 1 });
  await pool.query(`CREATE SCHEMA ${schema}`);
  await pool.query('CREATE TABLE encryption_keys (LIKE public.encryption_keys INCLUDING ALL)');
  const keys = encryptionKeyTable(pool);
  expect(await keys.plaintextUntil()).toBe(0);
  await keys.note('one', new Date(1_000));
  await keys.note('one', new Date(5));
  await keys.note('two', new Date(9_000));
  expect([...(await keys.list())].sort()).toEqual(['one', 'two']);
  expect(await keys.plaintextUntil()).toBe(1_000);
  expect(Date.now() - Number(await keys.firstUsed('one'))).toBeLessThan(600_000);
  expect(await keys.firstUsed('three')).toBeUndefined();
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});
