/** Schemas of written types are checked node by node: quickly, and to the same faults that ajv finds. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { typeToJsonSchema } from '../../src/language/json-schema';
import type { DefinitionType } from '../../src/language/definition-type';
import { isPlain } from '../../src/language/plain-check';
import { validateValue } from '../../src/language/validate';
import type { Json, JsonObject, JsonSchema } from '../../src/plan/json';

const NAMES = ['a', 'b', 'a/b', 'c~d', ''];
const TEXTS = ['', 'a', 'ab', 'abc', '😀', '😀😀', 'ada@acme.example', '2026-02-28', 'ABC'];
const NUMBERS = [-1, 0, 0.5, 1, 3, 1e300];

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
/** Without what is undefined: a definition does not write that. */
const facts = (parts: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<DefinitionType> =>
  fc
    .record(parts)
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined)) as never);
const kind = (name: string) => fc.constant(name);
const size = some(fc.nat(3));

const { value: json } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, ...TEXTS, ...NUMBERS),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES, 'z'), tie('value'), { maxKeys: 4 }),
  ),
}));

const { type } = fc.letrec<{ type: DefinitionType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    facts({
      kind: kind('string'),
      enum: some(fc.subarray(TEXTS, { minLength: 1 })),
      minLength: size,
      maxLength: size,
      pattern: some(fc.constantFrom('^[a-c]+$', 'b', '^$')),
      format: some(fc.constantFrom('email', 'date')),
      default: some(fc.constantFrom(...TEXTS)),
      pii: some(fc.constant('email')),
    }),
    facts({
      kind: kind('number'),
      integer: fc.boolean(),
      enum: some(fc.subarray(NUMBERS, { minLength: 1 })),
      minimum: size,
      maximum: size,
      default: some(fc.constantFrom(...NUMBERS)),
    }),
    facts({ kind: fc.constantFrom('any', 'boolean'), description: some(fc.constant('Words.')) }),
    facts({ kind: kind('list'), items: tie('type'), minItems: size, maxItems: size }),
    facts({
      kind: kind('object'),
      fields: some(
        fc.dictionary(fc.constantFrom(...NAMES), fc.record({ type: tie('type'), optional: fc.boolean() }), {
          maxKeys: 5,
          noNullPrototype: true,
        }),
      ),
    }),
  ),
}));

/** A value that fits, more or less: random ones hardly ever come past the first level. */
function likely(schema: JsonSchema): fc.Arbitrary<Json> {
  const { type: kindOf, properties = {}, items = {} } = schema as Readonly<Record<string, never>>;
  const near: fc.Arbitrary<Json> =
    kindOf === 'object'
      ? (fc.record(
          Object.fromEntries(Object.entries<JsonSchema>(properties).map(([name, inner]) => [name, likely(inner)])),
          { requiredKeys: [], noNullPrototype: true },
        ) as fc.Arbitrary<JsonObject>)
      : kindOf === 'array'
        ? fc.array(likely(items), { maxLength: 4 })
        : kindOf === 'string'
          ? fc.constantFrom(...TEXTS)
          : fc.constantFrom(...NUMBERS);
  return fc.oneof({ arbitrary: near, weight: 5 }, { arbitrary: json, weight: 1 });
}

/** ajv understands every word, so one that is not ours leads there. */
const byAjv = (schema: JsonSchema, value: Json) => validateValue({ ...schema, $comment: 'for ajv' }, value);

test.each([false, true])('random types and values: the same value and the same faults (open: %s)', (open) => {
  const drawn = type.chain((one) => {
    const schema = typeToJsonSchema(one, { open });
    return fc.tuple(fc.constant(schema), fc.array(likely(schema), { minLength: 1, maxLength: 4 }));
  });
  let fitting = 0;
  fc.assert(
    fc.property(drawn, ([schema, values]) => {
      expect(isPlain(schema)).toBe(true);
      for (const value of values) {
        const ours = validateValue(schema, value);
        const theirs = byAjv(schema, value);
        expect(ours.value).toEqual(theirs.value);
        expect(told(ours.faults)).toEqual(told(theirs.faults));
        if (ours.faults.length === 0) fitting += 1;
      }
    }),
    { numRuns: 500 },
  );
  expect(fitting).toBeGreaterThan(50);
});

test('a default counts for a field that bears the name of what every object has', () => {
  const schema = { type: 'object', properties: { constructor: { type: 'string', default: 'x' } } };
  expect(validateValue(schema, {}).value).toEqual({ constructor: 'x' });
});

/** Only their order may differ. */
const told = (faults: readonly { readonly pointer: string; readonly detail: string }[]): readonly string[] =>
  faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).sort();

describe('what a type does not say is left to ajv', () => {
  test.each<[string, JsonSchema]>([
    ['variants', { anyOf: [{ type: 'string' }] }],
    ['references', { type: 'object', properties: { a: { $ref: '#/$defs/a' } } }],
    ['several kinds', { type: ['string', 'null'] }],
    ['other formats', { type: 'string', format: 'ipv4' }],
    ['limits that are none', { type: 'number', minimum: '3' }],
    ['types of further fields', { type: 'object', additionalProperties: { type: 'string' } }],
  ])('%s', (_, schema) => {
    expect(isPlain(schema)).toBe(false);
  });

  test('and is checked there', () => {
    expect(byAjv({ type: 'string' }, 1).faults).toHaveLength(1);
    expect(validateValue({ anyOf: [{ type: 'string' }] }, 1).faults).toHaveLength(1);
  });
});
