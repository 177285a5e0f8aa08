/** Spans of statements, on a real PostgreSQL: what they tell, whose children they are, and where there are none. */
import { randomUUID } from 'node:crypto';
import { SpanKind } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runStatement } from '../../src/store/statement';
import type { Store } from '../../src/store/store';
import { testDatabaseUrl, testStore } from '../servers';
import { recordedTracing } from '../tracing/recorded';

const { tracing, spans } = recordedTracing();
let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

test('a query is a span with what it does and to which table, without its text and its values', async () => {
  const id = `canary-${randomUUID()}`;
  await tracing.begin('outer', {}, () => store.definitions.add({ id, version: '1.0.0', text: 'hush', hash: 'h' }));
  const all = await spans();
  const outer = all.at(-1);
  const insert = all.find(({ name }) => name.startsWith('INSERT'));
  expect(insert).toMatchObject({ name: 'INSERT definitions', kind: SpanKind.CLIENT, parent: outer?.spanId });
  expect(insert?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.operation.name': 'INSERT',
    'db.collection.name': 'definitions',
  });
  expect(JSON.stringify(all)).not.toMatch(/canary|hush|VALUES/);
});

test('of many at once each is the child of whoever asked, also when all connections are taken', async () => {
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      tracing.begin(`outer ${index}`, {}, async () => {
        await store.ping();
        await store.definitions.list();
      }),
    ),
  );
  const all = await spans();
  const outer = all.filter(({ name }) => name.startsWith('outer'));
  expect(outer).toHaveLength(40);
  for (const { traceId, spanId } of outer) {
    const inner = all.filter((span) => span.traceId === traceId && span.spanId !== spanId);
    expect(inner.map(({ name, parent }) => ({ name, parent }))).toEqual([
      { name: 'SELECT', parent: spanId },
      { name: 'SELECT definitions', parent: spanId },
    ]);
  }
});

test('statements of a transaction are spans each, on connections that were there before and on new ones', async () => {
  for (let round = 0; round < 2; round += 1)
    await tracing.begin('outer', {}, () => store.apiKeys.revoke(randomUUID(), 'admin'));
  const all = await spans();
  const names = ['BEGIN', 'LOCK', 'SELECT api_keys', 'COMMIT', 'outer'];
  expect(all.map(({ name }) => name)).toEqual([...names, ...names]);
  expect(all.slice(0, 4).map(({ parent }) => parent)).toEqual(Array(4).fill(all[4]?.spanId));
});

test('nothing is told of a query outside of a trace, nor in one that is not kept', async () => {
  await store.ping();
  const none = recordedTracing(0);
  await none.tracing.begin('outer', {}, () => store.ping());
  expect([...(await spans()), ...(await none.spans())]).toEqual([]);
});

test('a statement on a database of others tells its first word and the host, and fails by PostgreSQL’s code', async () => {
  const url = await testDatabaseUrl();
  const { hostname, port } = new URL(url);
  const ask = (sql: string) =>
    runStatement({ url, sql, params: [], timeoutMs: 20_000, signal: AbortSignal.timeout(20_000), maxBytes: 10_000 });
  await tracing.begin('outer', {}, async () => {
    await ask("SELECT 'canary' AS a");
    await ask('SELEKT canary').catch(() => undefined);
  });
  const [select, broken, outer] = await spans();
  const at = { 'db.system.name': 'postgresql', 'server.address': hostname, 'server.port': Number(port) };
  expect(select).toMatchObject({ name: 'SELECT', kind: SpanKind.CLIENT, parent: outer?.spanId });
  expect(select?.attributes).toEqual({ ...at, 'db.operation.name': 'SELECT' });
  expect(broken).toMatchObject({ name: 'postgresql', failed: true });
  expect(broken?.attributes).toEqual({ ...at, 'error.type': '42601' });
});
