/** Every fault of the corpus is found where it is, and nothing else is. */
import { describe, expect, test } from '@jest/globals';
import { DIAGNOSTIC_CODES } from '../../src/language/diagnostic-codes';
import { FAULTS } from './faults';
import { compileText } from './registry';

/** As exact as `wanted` is. */
function foundAs(text: string, wanted: readonly string[]): readonly string[] {
  return compileText(text)
    .diagnostics.filter(({ severity }) => severity !== 'hint')
    .map(({ code, line, column, length, source }) => {
      const exact = `${code}@${line}:${source.slice(column - 1, column - 1 + length)}`;
      return wanted.includes(exact) ? exact : `${code}@${line}`;
    });
}

describe('a definition with', () => {
  test.each(FAULTS.map((fault) => [fault.what, fault] as const))('%s', (_, { text, found }) => {
    expect([...foundAs(text, found)].sort()).toEqual([...found].sort());
  });
});

test('each has one fault', () => {
  expect(FAULTS.filter(({ found }) => new Set(found).size !== 1).map(({ what }) => what)).toEqual([]);
});

/** Found only where other definitions are known: test/language/workflow-types.test.ts. */
const AMONG_OTHERS = ['unknown-workflow'];

test('every error and warning of definitions is among them', () => {
  const found = new Set([...AMONG_OTHERS, ...FAULTS.flatMap((fault) => fault.found.map((one) => one.split('@')[0]))]);
  const all = Object.entries(DIAGNOSTIC_CODES).filter(([, { severity }]) => severity !== 'hint');
  expect(all.map(([code]) => code).filter((code) => !found.has(code))).toEqual([]);
});

test('the corpus holds at least 150 faults, each of its own', () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(150);
  expect(new Set(FAULTS.map(({ text }) => text)).size).toBe(FAULTS.length);
});
