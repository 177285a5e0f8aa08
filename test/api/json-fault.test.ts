import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faultPosition } from '../../api/json-fault';

const accepted = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('faultPosition', () => {
  test.each([
    ['{"a": secret}', 6],
    ['{"a": 1,}', 8],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{"a": 01}', 7],
    ['"open', 0],
    ['{} {}', 3],
    ['{"a": [1, ', 10],
    ['', 0],
  ])('%s breaks at %d', (text, position) => {
    expect(faultPosition(text)).toBe(position);
  });

  test('finds a fault exactly where the parser refuses', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '}', '"', '\\', '0', ' ', 'e', '\n'),
        (json, at, inserted) => {
          const position = at % (json.length + 1);
          const text = json.slice(0, position) + inserted + json.slice(position + (at % 2));
          expect(faultPosition(text) === -1).toBe(accepted(text));
        },
      ),
    );
  });
});
