import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAllowances } from '../../api/allowance';
import { classOf } from '../../api/rate-limit';
import type { Lease } from '../../src/store/request-rate-table';
import { requestRatesInMemory } from '../../src/store/request-rate-table';
import type { Store } from '../../src/store/store';
import { testStore } from '../servers';
import { openBareDoor } from './bare-door';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

const onDown = (): void => undefined;

describe('over HTTP', () => {
  test('beyond the limit comes 429 with Retry-After, each answer tells what is left, and health is never refused', async () => {
    const door = await openBareDoor({ rateLimits: { read: 3, write: 1 } });
    const ask = (path: string, method = 'GET'): Promise<Response> => fetch(`${door.url}${path}`, { method });
    for (const left of [2, 1, 0]) {
      const { status, headers } = await ask('/nothing');
      expect([status, headers.get('ratelimit-policy')]).toEqual([200, '"read";q=3;w=60']);
      expect(headers.get('ratelimit')).toBe(`"read";r=${left};t=${(3 - left) * 20}`);
    }
    const refused = await ask('/nothing');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20']);
    expect(await refused.json()).toMatchObject({ type: 'rate-limited', status: 429 });
    expect((await ask('/nothing', 'PUT')).status).toBe(204);
    expect((await ask('/nothing', 'PUT')).status).toBe(429);
    expect((await ask('/events', 'POST')).headers.get('ratelimit')).toBeNull();
    for (let more = 0; more < 5; more += 1) expect((await ask('/healthz')).status).toBe(200);
    await door.close();
  });

  test('behind a proxy the address is the one that the proxy saw, not what the sender wrote', async () => {
    const door = await openBareDoor({ rateLimits: { read: 1 } }, 1);
    const from = async (forwarded: string): Promise<number> =>
      (await fetch(`${door.url}/nothing`, { headers: { 'X-Forwarded-For': forwarded } })).status;
    expect([await from('1.1.1.1, 9.9.9.9'), await from('2.2.2.2, 9.9.9.9'), await from('9.9.9.8')]).toEqual([
      200, 429, 200,
    ]);
    const six = [await from('2001:db8:0:1::1'), await from('2001:db8:0:1:ffff::2'), await from('2001:db8:0:2::1')];
    expect(six).toEqual([200, 429, 200]);
    await door.close();
  });

  test('a request is of the class of what it does', () => {
    const cases = [
      ['GET', '/executions', 'read'],
      ['POST', '/workflows/a/execute', 'start'],
      ['POST', '/hooks/a', 'start'],
      ['POST', '/tools/risk/score/local', 'start'],
      ['PUT', '/workflows/a', 'write'],
      ['POST', '/executions/a/cancel', 'write'],
      ['POST', '/sessions', 'login'],
      ['GET', '/metrics', undefined],
    ] as const;
    for (const [method, path, expected] of cases) expect([path, classOf(method, path)]).toEqual([path, expected]);
  });
});

describe('an allowance', () => {
  const allowed = async (take: ReturnType<typeof createAllowances>, key: string, quota: number, times: number) => {
    const all = Array.from({ length: times }, () => take({ key, quota, windowMs: 3_600_000 }));
    return (await Promise.all(all)).filter((one) => one.allowed).length;
  };

  test('is shared by processes that share a database', async () => {
    const key = randomUUID();
    const process = (): ReturnType<typeof createAllowances> =>
      createAllowances({ table: store.requestRates, now: () => Date.now(), onDown });
    const [one, two] = [process(), process()];
    const passed = await Promise.all([allowed(one, key, 100, 80), allowed(two, key, 100, 80)]);
    // What each holds in its hands at the end, and no more, may be left.
    expect(passed[0] + passed[1]).toBeLessThanOrEqual(100);
    expect(passed[0] + passed[1]).toBeGreaterThanOrEqual(96);
    expect(await allowed(process(), key, 100, 10)).toBeLessThanOrEqual(4);
  });

  test('costs a question in so many requests, not one each', async () => {
    let asked = 0;
    const table = {
      ...store.requestRates,
      lease: (...args: Parameters<typeof store.requestRates.lease>) => (
        (asked += 1),
        store.requestRates.lease(...args)
      ),
    };
    const take = createAllowances({ table, now: () => Date.now(), onDown });
    expect(await allowed(take, randomUUID(), 5_000, 1_000)).toBe(1_000);
    expect(asked).toBeLessThan(15);
  });

  test('grows back as time goes', async () => {
    let now = 0;
    const take = createAllowances({ table: requestRatesInMemory(() => now), now: () => now, onDown });
    const one = { key: 'a', quota: 60, windowMs: 60_000 };
    for (let count = 0; count < 60; count += 1) expect((await take(one)).allowed).toBe(true);
    expect(await take(one)).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: 1_000 });
    now += 999;
    expect((await take(one)).allowed).toBe(false);
    now += 1;
    expect((await take(one)).allowed).toBe(true);
    // What it asks for beforehand has been answered.
    await new Promise((resolve) => setImmediate(resolve));
    now += 60_000;
    expect((await take(one)).remaining).toBe(59);
  });

  test('without the database each process counts for itself, and nobody waits for it', async () => {
    let down = 0;
    const lease = (): Promise<Lease> => Promise.reject(new Error('the database is gone'));
    const table = { lease, sweep: () => Promise.resolve() };
    const take = createAllowances({ table, now: () => Date.now(), onDown: () => (down += 1) });
    expect(await allowed(take, 'a', 50, 80)).toBe(50);
    expect(down).toBe(1);
  });

  test('of the database gives what is left, and its rows go when they are whole again', async () => {
    const key = randomUUID();
    const short = { key, quota: 10, windowMs: 3_600_000 };
    expect(await store.requestRates.lease(short, 4)).toMatchObject({ granted: 4, remaining: 6 });
    expect(await store.requestRates.lease(short, 20)).toMatchObject({ granted: 6, remaining: 0 });
    const none = await store.requestRates.lease(short, 1);
    expect(none).toMatchObject({ granted: 0, remaining: 0 });
    expect(none.retryAfterMs).toBeGreaterThan(300_000);
    await store.requestRates.sweep();
    expect((await store.requestRates.lease(short, 1)).granted).toBe(0);
  });
});
