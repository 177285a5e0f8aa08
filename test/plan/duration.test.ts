import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_DURATION_MS, formatDuration, parseDuration } from '../../src/plan/duration';

describe('durations', () => {
  test.each<[string | number, number | undefined]>([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['1.1s', 1_100],
    ['90m', 5_400_000],
    ['90d', 7_776_000_000],
    ['365d', MAX_DURATION_MS],
    [12_000, 12_000],
    [' 5s ', 5_000],
    ['366d', undefined],
    ['0s', undefined],
    ['0.5ms', undefined],
    ['-1s', undefined],
    ['1 s', undefined],
    ['12000', undefined],
    ['1h30m', undefined],
    ['s', undefined],
    ['1w', undefined],
    ['', undefined],
    [0, undefined],
    [-5, undefined],
    [1.5, undefined],
    [Number.NaN, undefined],
    [Infinity, undefined],
    ['9'.repeat(100) + 'd', undefined],
  ])('%j is %j ms', (written, ms) => {
    expect(parseDuration(written)).toBe(ms);
  });

  test.each([
    [90_000, '90s'],
    [3_600_000, '1h'],
    [1_500, '1500ms'],
    [86_400_000, '1d'],
    [0, '0ms'],
  ])('%j ms is written %j', (ms, written) => {
    expect(formatDuration(ms)).toBe(written);
  });

  test('what is formatted parses back to the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_DURATION_MS }), (ms) => parseDuration(formatDuration(ms)) === ms),
    );
  });
});
