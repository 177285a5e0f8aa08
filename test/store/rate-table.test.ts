/** A rate that processes share, on a real PostgreSQL: whoever asks, no more calls are taken than the rate and the burst allow. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Store } from '../../src/store/store';
import { testStore } from '../servers';

let stores: readonly Store[];
beforeAll(async () => {
  stores = await Promise.all([testStore(), testStore()]);
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
});

/** As two processes ask, each on connections of its own. */
const ask = (provider: string, times: number, rate: { perSecond: number; burst: number }): Promise<readonly number[]> =>
  Promise.all(
    Array.from({ length: times }, (_, i) => stores[i % 2]?.rates.take({ provider, ...rate }) ?? Promise.resolve(-1)),
  );

test('a burst goes through once, whoever asks at the same moment, and the others are told when to come back', async () => {
  const rate = { perSecond: 0.1, burst: 7 };
  const provider = `p-${randomUUID()}`;
  const waits = await ask(provider, 40, rate);
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(7);
  const told = await stores[0]?.rates.take({ provider, ...rate });
  expect(told).toBeGreaterThan(5_000);
  expect(told).toBeLessThanOrEqual(10_000);
});

test('who comes back when told goes through, and a rest saves no more than the burst', async () => {
  const rate = { perSecond: 5, burst: 2 };
  const provider = `p-${randomUUID()}`;
  expect(await ask(provider, 2, rate)).toEqual([0, 0]);
  const [waitMs = 0] = await ask(provider, 1, rate);
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(200);
  await pause(waitMs + 5);
  expect(await ask(provider, 1, rate)).toEqual([0]);
  await pause(1_500);
  const waits = await ask(provider, 10, { perSecond: 0.1, burst: 2 });
  expect(waits.filter((one) => one === 0)).toHaveLength(2);
});

test('providers have buckets of their own', async () => {
  const rate = { perSecond: 0.1, burst: 1 };
  const [one, other] = [`p-${randomUUID()}`, `p-${randomUUID()}`];
  expect(await ask(one, 1, rate)).toEqual([0]);
  expect(await ask(other, 1, rate)).toEqual([0]);
  expect(await ask(one, 1, rate)).not.toEqual([0]);
});
