/** Tools of running processes, on a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Store } from '../../src/store/store';
import { testStore } from '../servers';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

const process = (home: string) => ({ home, owner: randomUUID() });
const row = (tool: string, retryable = true) => ({ tool, provider: 'mine', terms: { retryable } });

test('others of the same installation see them until the process withdraws', async () => {
  const home = randomUUID();
  const [a, b, stranger] = [process(home), process(home), process(randomUUID())];
  await store.registeredTools.announce(a, [row('x.one'), row('x.two')]);
  await store.registeredTools.announce(a, [row('x.one', false)]);
  expect(await store.registeredTools.others(b, 60_000)).toEqual([row('x.one', false), row('x.two')]);
  expect(await store.registeredTools.others(a, 60_000)).toEqual([]);
  expect(await store.registeredTools.others(stranger, 60_000)).toEqual([]);
  await store.registeredTools.withdraw(a);
  expect(await store.registeredTools.others(b, 60_000)).toEqual([]);
});

test('those of a process that is not heard of any more do not count', async () => {
  const home = randomUUID();
  const [a, b] = [process(home), process(home)];
  await store.registeredTools.announce(a, [row('x.one')]);
  expect(await store.registeredTools.others(b, 60_000)).toHaveLength(1);
  expect(await store.registeredTools.others(b, 0)).toEqual([]);
});
