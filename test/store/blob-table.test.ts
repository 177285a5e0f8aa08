/** Claims about stored values, on a real PostgreSQL. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MAX_VALUE_BYTES } from '../../src/plan/blob';
import type { Store } from '../../src/store/store';
import { testStore } from '../servers';

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
