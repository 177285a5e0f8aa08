/** Partial text from process to process through a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import type { PartialPiece } from '../../src/store/partial-channel';
import type { Store } from '../../src/store/store';
import { openStore } from '../../src/store/store';
import { until } from '../contracts/provider';
import { testDatabaseUrl, testStore } from '../servers';

let worker: Store;
let api: Store;
let watch: Client;
/** By which PostgreSQL tells this test's connections from those of others. */
const NAME = `t-${randomUUID()}`;
beforeAll(async () => {
  const named = new URL(await testDatabaseUrl());
  named.searchParams.set('application_name', NAME);
  worker = await testStore();
  api = openStore(named.href);
  watch = new Client({ connectionString: await testDatabaseUrl() });
  await watch.connect();
});
afterAll(async () => {
  await Promise.all([worker.close(), api.close(), watch.end()]);
});

const piece = (text: string, rest: Partial<PartialPiece> = {}): PartialPiece => ({
  path: 'say',
  call: 1,
  attempt: 1,
  provider: 'p',
  seq: 0,
  text,
  ...rest,
});
const tell = (executionId: string, one: PartialPiece): Promise<void> =>
  worker.partials.publish([{ executionId, piece: one }]);

/** Somebody who listens for sure; `seen` leaves out what it took to find out. */
async function listener(executionId: string): Promise<{ readonly seen: PartialPiece[]; readonly stop: () => void }> {
  const probe = randomUUID();
  const all: PartialPiece[] = [];
  const seen: PartialPiece[] = [];
  const { stop } = api.partials.listen(executionId, (one) => void (one.path === probe ? all : seen).push(one));
  await until(async () => {
    await tell(executionId, piece('', { path: probe }));
    return all.length > 0;
  });
  return { seen, stop };
}

/** This test's connections that wait for notifications. */
async function listening(): Promise<readonly { readonly pid: number; readonly query: string }[]> {
  const { rows } = await watch.query<{ pid: number; query: string }>(
    'SELECT pid, query FROM pg_stat_activity WHERE application_name = $1',
    [NAME],
  );
  return rows;
}

test('pieces arrive in order, whole, and at their own execution alone', async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  const [here, there] = [await listener(one), await listener(other)];
  const text = '\u0000"\\ você 🙂 \ud83d';
  const sent = Array.from({ length: 20 }, (_, seq) =>
    piece(`${text}${seq}`, { seq, ...(seq === 0 && { reset: true }) }),
  );
  await worker.partials.publish(sent.map((each) => ({ executionId: one, piece: each })));
  await until(() => here.seen.length === 20);
  expect(here.seen).toEqual(sent);
  expect(there.seen).toEqual([]);
  here.stop();
  there.stop();
});

test('what is too long for a notification, or none of ours, is left out', async () => {
  const id = randomUUID();
  const { seen, stop } = await listener(id);
  await tell(id, piece('x'.repeat(8000)));
  const [backend] = await listening();
  const channel = /omni_partial_[0-9a-f]+/.exec(backend?.query ?? '')?.[0];
  expect(channel).toBeDefined();
  for (const payload of ['', '{', '{"path":3}']) await watch.query('SELECT pg_notify($1, $2)', [channel, payload]);
  await tell(id, piece('fits'));
  await until(() => seen.length > 0);
  expect(seen).toEqual([piece('fits')]);
  stop();
});

test('a connection that breaks is made again, and ends with the last who listens', async () => {
  const id = randomUUID();
  const { seen, stop } = await listener(id);
  for (const { pid } of await listening()) await watch.query('SELECT pg_terminate_backend($1)', [pid]);
  await until(async () => {
    await tell(id, piece('again'));
    return seen.length > 0;
  });
  stop();
  await until(async () => (await listening()).length === 0);
});
