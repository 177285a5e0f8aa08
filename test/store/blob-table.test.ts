/** Claims about stored values, on a real PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { createKeyRing } from '../../src/encryption/key-ring';
import { MAX_VALUE_BYTES } from '../../src/plan/blob';
import type { Store } from '../../src/store/store';
import { testDatabaseUrl, testStore } from '../servers';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

test('what was put is read back byte for byte, by its SHA-256', async () => {
  const content = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
  const reference = await store.blobs.put('execution-1', content, 'audio/wav');
  expect(reference).toEqual({ $blob: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 70_000, mediaType: 'audio/wav' });
  const blob = await store.blobs.get(reference.$blob);
  expect(blob?.mediaType).toBe('audio/wav');
  expect(Buffer.compare(Buffer.from(blob?.content ?? []), content)).toBe(0);
});

test('the same content put twice for one execution is one value', async () => {
  const first = await store.blobs.put('execution-2', Buffer.from('twice'), 'text/plain');
  expect(await store.blobs.put('execution-2', Buffer.from('twice'), 'text/plain')).toEqual(first);
});

test('asked for one execution, a value of another is not there', async () => {
  const { $blob } = await store.blobs.put('execution-3', Buffer.from('mine'), 'text/plain');
  expect(await store.blobs.get($blob, 'execution-3')).toBeDefined();
  expect(await store.blobs.get($blob, 'execution-4')).toBeUndefined();
});

test('an unknown hash gives nothing', async () => {
  expect(await store.blobs.get('0'.repeat(64))).toBeUndefined();
});

test('content above 25 MB is refused as too-large', async () => {
  await expect(store.blobs.put('execution-5', new Uint8Array(MAX_VALUE_BYTES + 1), 'audio/wav')).rejects.toMatchObject({
    problem: { type: 'too-large' },
    retryable: false,
  });
});

test('with keys the database holds nothing readable; an old key opens, and what was stored before stays readable', async () => {
  const [old, young] = [randomBytes(32), randomBytes(32)];
  const content = Buffer.from('a recording that says something');
  const before = await store.blobs.put('sealed-1', content, 'text/plain');
  const first = await testStore(createKeyRing({ keys: [old] }));
  const sealed = await first.blobs.put('sealed-2', content, 'text/plain');
  // Named by what it holds: two that are equal stay one.
  expect(sealed).toEqual(before);
  await first.blobs.copy('sealed-2', 'sealed-3');
  await first.close();
  const pool = new Pool({ connectionString: await testDatabaseUrl() });
  const { rows } = await pool.query<{ content: Buffer }>(
    `SELECT content FROM blobs WHERE execution_id IN ('sealed-2', 'sealed-3')`,
  );
  await pool.end();
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row.content.includes('recording')).toBe(false);
  const rotated = await testStore(createKeyRing({ keys: [young, old] }));
  for (const id of ['sealed-1', 'sealed-2', 'sealed-3'])
    expect(Buffer.from((await rotated.blobs.get(sealed.$blob, id))?.content ?? [])).toEqual(content);
  await rotated.close();
  await expect(store.blobs.get(sealed.$blob, 'sealed-2')).rejects.toThrow('which this process does not have');
});
