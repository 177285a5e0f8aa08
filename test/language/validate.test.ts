/** Values that come in. */
import { describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '../../src/plan/json';
import { validateValue } from '../../src/language/validate';
import { planOf } from './registry';

const schema = (types: string): JsonSchema =>
  planOf(`name: T\nversion: 1.0.0\ntrigger: { payload: ${types} }\nsteps: [ { name: s, set: { a: 1 } } ]\n`).input;
const faultsIn = (types: string, value: unknown): readonly string[] =>
  validateValue(schema(types), value, '/payload').faults.map(({ pointer, detail }) => `${pointer}: ${detail}`);

describe('a fault names the field and what was expected', () => {
  test.each<[string, string, unknown, string]>([
    ['a missing field', '{ a: string }', {}, '/payload/a: a is missing; string is expected.'],
    ['a missing inner field', '{ a: { b: number } }', { a: {} }, '/payload/a/b: b is missing; number is expected.'],
    ['the wrong type', '{ a: number }', { a: 'x' }, '/payload/a: a is a string; number is expected.'],
    ['a null', '{ a: string }', { a: null }, '/payload/a: a is null; string is expected.'],
    ['a wrong item', '{ a: "string[]" }', { a: ['x', 1] }, '/payload/a/1: Item 1 is a number; string is expected.'],
    ['an unknown word', '{ a: web | phone }', { a: 'fax' }, '/payload/a: a is none of "web", "phone".'],
    [
      'an unknown field',
      '{ amount: number }',
      { amount: 1, amont: 2 },
      '/payload/amont: amont is not a field here. Did you mean amount?',
    ],
    ['a fraction', '{ a: integer }', { a: 1.5 }, '/payload/a: a is a number; integer is expected.'],
    ['a small number', '{ a: { type: number, minimum: 3 } }', { a: 1 }, '/payload/a: a must be >= 3.'],
    [
      'a short text',
      '{ a: { type: string, minLength: 2 } }',
      { a: 'x' },
      '/payload/a: a must NOT have fewer than 2 characters.',
    ],
    [
      'a text that does not match',
      '{ a: { type: string, pattern: "^[A-Z]+$" } }',
      { a: 'x' },
      '/payload/a: a does not match the pattern ^[A-Z]+$.',
    ],
    [
      'a text of another format',
      '{ a: { type: string, format: email } }',
      { a: 'x' },
      '/payload/a: a is not of the format email.',
    ],
    ['a list', '{ a: string }', [], '/payload: The value is an array; object is expected.'],
    ['a name with a slash', '{ "a/b": string }', {}, '/payload/a~1b: a/b is missing; string is expected.'],
  ])('%s', (_, types, value, expected) => {
    expect(faultsIn(types, value)).toEqual([expected]);
  });

  test('all faults are found at once', () => {
    expect(faultsIn('{ a: string, b: number, c: boolean }', { b: 'x', d: 1 })).toHaveLength(4);
  });

  test('and at most fifty', () => {
    expect(faultsIn('{ a: "string[]" }', { a: Array.from({ length: 5_000 }, () => 1) })).toHaveLength(50);
  });
});

describe('what comes in', () => {
  test('gets its defaults, and loses nulls in optional fields', () => {
    const types = '{ a: { type: number, default: 3 }, b?: string, c: any, d: { e?: string } }';
    const { value, faults } = validateValue(schema(types), { b: null, c: null, d: { e: null } });
    expect(faults).toEqual([]);
    expect(value).toEqual({ a: 3, c: null, d: {} });
  });

  test('is not changed itself', () => {
    const given = { b: null };
    validateValue(schema('{ a: { type: number, default: 3 }, b?: string }'), given);
    expect(given).toEqual({ b: null });
  });

  test('may be a reference to a large value where text, a list or an object is expected', () => {
    const blob = { $blob: 'ab'.repeat(32), bytes: 70_000, mediaType: 'audio/wav' };
    const types = '{ a: string, b: "string[]", c: { d: string }, e: { type: string, minLength: 3 }, f: any }';
    expect(faultsIn(types, { a: blob, b: blob, c: blob, e: blob, f: blob })).toEqual([]);
    expect(faultsIn('{ a: number }', { a: blob })).toEqual(['/payload/a: a is an object; number is expected.']);
    expect(faultsIn('{ a: web | phone }', { a: blob })).toHaveLength(1);
  });

  test('may bear names of objects without reaching them', () => {
    expect(faultsIn('{ a?: string }', JSON.parse('{"__proto__": 1}'))).toEqual([
      '/payload/__proto__: __proto__ is not a field here. The fields are a.',
    ]);
    expect(faultsIn('{ a?: string }', JSON.parse('{"constructor": 1}'))).toHaveLength(1);
  });
});

test('patterns take linear time', () => {
  const start = performance.now();
  expect(faultsIn('{ a: { type: string, pattern: "^(a+)+$" } }', { a: `${'a'.repeat(5_000)}b` })).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('formats tell good from bad', () => {
  const good = {
    date: '2024-02-29',
    time: '10:20:30Z',
    'date-time': '2024-02-29T10:20:30.5+01:00',
    email: 'a@b.example',
    uri: 'https://a.example/b',
    uuid: '9b2f6e0e-7c2f-4b4e-9a57-1d2c3b4a5f60',
  };
  const bad = {
    date: '2023-02-29',
    time: '25:00:00Z',
    'date-time': '2024-02-29 noon',
    email: 'a@b',
    uri: 'a b',
    uuid: '9b2f',
  };
  for (const [format, text] of Object.entries(good))
    expect(faultsIn(`{ a: { type: string, format: ${format} } }`, { a: text })).toEqual([]);
  for (const [format, text] of Object.entries(bad))
    expect(faultsIn(`{ a: { type: string, format: ${format} } }`, { a: text })).toHaveLength(1);
});
