/** When a shared rate is asked for, and what happens while nobody can count it. */
import { expect, test } from '@jest/globals';
import { createJointRate } from '../../src/tools/joint-rate';

const SHARED = { perSecond: 4, shared: true };

test('only a rate that is shared is asked for, with its burst', async () => {
  const asked: unknown[] = [];
  const rate = createJointRate({
    take: (bucket) => Promise.resolve(asked.push(bucket) * 100),
    onReach: () => undefined,
  });
  expect(await rate('p', { perSecond: 4 })).toBe(0);
  expect(await rate('p', { shared: true, concurrent: 1 })).toBe(0);
  expect(asked).toEqual([]);
  expect(await rate('p', SHARED)).toBe(100);
  expect(await rate('q', { ...SHARED, burst: 9 })).toBe(200);
  expect(asked).toEqual([
    { provider: 'p', perSecond: 4, burst: 4 },
    { provider: 'q', perSecond: 4, burst: 9 },
  ]);
});

test('a count that fails or does not answer holds nobody up, and is spoken of once', async () => {
  let take = (): Promise<number> => Promise.reject(new Error('down'));
  const told: boolean[] = [];
  const rate = createJointRate({ take: () => take(), onReach: (reached) => told.push(reached) });
  expect(await rate('p', SHARED)).toBe(0);
  take = () => new Promise(() => undefined);
  const before = Date.now();
  expect(await rate('p', SHARED)).toBe(0);
  expect(Date.now() - before).toBeGreaterThanOrEqual(900);
  expect(told).toEqual([false]);
  take = () => Promise.resolve(7);
  expect(await rate('p', SHARED)).toBe(7);
  expect(told).toEqual([false, true]);
});
