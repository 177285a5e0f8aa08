/** Claims about who is in when a flag is on for a part of all. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isIn, placeOf } from '../../src/settings/rollout';

const percentage = fc.double({ min: 0, max: 100, noNaN: true });

test('who is in stays in while the percentage grows', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), percentage, percentage, (flag, key, a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      return !isIn(less, flag, key) || isIn(more, flag, key);
    }),
  );
});

test('nobody is in at 0 and everybody at 100, with a key or without', () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (flag, key) => {
      return !isIn(0, flag, key) && isIn(100, flag, key);
    }),
  );
});

test('the place is the same in every process and version', () => {
  expect(placeOf('LM_COACH_REASONING_MODEL', 'user123')).toBeCloseTo(82.141943113, 6);
});

test('without a key only a whole is a part', () => {
  expect(isIn(99.999, 'F', undefined)).toBe(false);
});

test.each([1, 10, 50, 90])('of 20000 users about %d in a hundred are in', (part) => {
  const users = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
  const share = (users.filter((user) => isIn(part, 'SPREAD', user)).length / users.length) * 100;
  expect(Math.abs(share - part)).toBeLessThan(1.5);
});

test('two flags choose different users', () => {
  const users = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
  const both = users.filter((user) => isIn(50, 'ONE', user) && isIn(50, 'OTHER', user)).length;
  expect(Math.abs((both / users.length) * 100 - 25)).toBeLessThan(1.5);
});
