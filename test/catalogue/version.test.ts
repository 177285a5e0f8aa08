import { describe, expect, test } from '@jest/globals';
import { compareVersions } from '../../src/catalogue/version';

describe('the order of versions', () => {
  test('is that of semver.org', () => {
    // The example of https://semver.org/#spec-item-11, lowest first.
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.2.0',
      '1.10.0',
      '2.0.0',
    ];
    for (const [i, low] of ordered.entries())
      for (const [j, high] of ordered.entries()) expect(Math.sign(compareVersions(low, high))).toBe(Math.sign(i - j));
  });

  test('does not see build metadata', () => {
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
    expect(compareVersions('1.0.0-x-y', '1.0.0-x-z')).toBeLessThan(0);
  });
});
