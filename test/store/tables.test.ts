/** Claims about published definitions and idempotency keys, on a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { migrate } from '../../src/store/migrate';
import type { Store } from '../../src/store/store';
import { testDatabaseUrl, testStore } from '../servers';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

test('migrations run once, however many processes start at the same moment', async () => {
  const url = await testDatabaseUrl();
  expect(await Promise.all([migrate(url), migrate(url), migrate(url)])).toEqual([[], [], []]);
});

test('the version published last is the one that is found', async () => {
  const id = `d-${randomUUID()}`;
  await store.definitions.add({ id, version: '1.0.0', text: 'a', hash: 'ha' });
  await store.definitions.add({ id, version: '1.1.0', text: 'b', hash: 'hb' });
  expect(await store.definitions.find(id)).toMatchObject({ version: '1.1.0', text: 'b' });
  expect(await store.definitions.find(id, '1.0.0')).toMatchObject({ text: 'a' });
  expect((await store.definitions.versions(id)).map((one) => one.version)).toEqual(['1.1.0', '1.0.0']);
  expect((await store.definitions.list()).filter((one) => one.id === id)).toMatchObject([{ version: '1.1.0' }]);
  expect(await store.definitions.find(`${id}-x`)).toBeUndefined();
});

test('a version can be published again with the same text, not with another', async () => {
  const id = `d-${randomUUID()}`;
  await store.definitions.add({ id, version: '1.0.0', text: 'a', hash: 'ha' });
  await store.definitions.add({ id, version: '1.0.0', text: 'a', hash: 'ha' });
  await expect(store.definitions.add({ id, version: '1.0.0', text: 'b', hash: 'hb' })).rejects.toMatchObject({
    problem: { type: 'conflict' },
  });
  expect(await store.definitions.find(id)).toMatchObject({ text: 'a' });
});

test('of many who claim one key at once exactly one is fresh, and all learn its execution', async () => {
  const claim = { scope: 'coach', key: randomUUID(), requestHash: 'r1' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => store.idempotency.claim({ ...claim, executionId: `e${index}` })),
  );
  const fresh = answers.filter((answer) => answer.outcome === 'fresh');
  expect(fresh).toHaveLength(1);
  expect(new Set(answers.map((answer) => answer.executionId))).toEqual(new Set([fresh[0]?.executionId]));
  expect(await store.idempotency.claim({ ...claim, requestHash: 'r2', executionId: 'x' })).toMatchObject({
    outcome: 'other',
  });
});

test('a key that was given back can be claimed again', async () => {
  const claim = { scope: 'coach', key: randomUUID(), requestHash: 'r1', executionId: 'e1' };
  await store.idempotency.claim(claim);
  await store.idempotency.release(claim.scope, claim.key);
  expect(await store.idempotency.claim({ ...claim, executionId: 'e2' })).toEqual({
    outcome: 'fresh',
    executionId: 'e2',
  });
});

test('neither a key nor the hash of its request is kept as it came; a row of an earlier version, which has both, still counts', async () => {
  const claim = { scope: `coach-${randomUUID()}`, key: 'ada@example.com', requestHash: 'r1', executionId: 'e2' };
  const { scope, key } = claim;
  const client = new Client({ connectionString: await testDatabaseUrl() });
  await client.connect();
  try {
    await client.query('INSERT INTO idempotency (scope, key, request_hash, execution_id) VALUES ($1, $2, $3, $4)', [
      scope,
      key,
      'r1',
      'e1',
    ]);
    expect(await store.idempotency.claim(claim)).toEqual({ outcome: 'same', executionId: 'e1' });
    expect(await store.idempotency.claim({ ...claim, requestHash: 'r2' })).toMatchObject({ outcome: 'other' });
    const { rows } = await client.query<object>('SELECT * FROM idempotency WHERE scope = $1', [scope]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/ada@|"r1"/);
  } finally {
    await client.end();
  }
});
