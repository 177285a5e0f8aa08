/** Types as JSON Schema, and the JSON Schema of definitions. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkedTypeToJsonSchema, definitionSchema, jsonSchemaToType } from '../../src/language/json-schema';
import type { Type } from '../../src/language/type';
import type { Json } from '../../src/plan/json';
import { DEFINITION_WORDS, KIND_WORDS, LATER_KINDS, STEP_WORDS } from '../../src/language/vocabulary';
import { FAULTS } from './faults';

const type: fc.Arbitrary<Type> = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Type>(
      { kind: 'any' },
      { kind: 'string' },
      { kind: 'number' },
      { kind: 'number', integer: true },
      { kind: 'boolean' },
    ),
    fc
      .uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 })
      .map((words): Type => ({ kind: 'string', enum: words })),
    tie('type').map((items): Type => ({ kind: 'list', items })),
    fc
      .dictionary(fc.constantFrom('x', 'y', 'z'), fc.record({ type: tie('type'), optional: fc.boolean() }), {
        noNullPrototype: true,
      })
      .map((fields): Type => ({ kind: 'object', fields, open: true })),
  ),
})).type;

test('a checked type survives the way to JSON Schema and back', () => {
  fc.assert(fc.property(type, (given) => expect(jsonSchemaToType(checkedTypeToJsonSchema(given))).toEqual(given)));
});

describe('what the checker makes of a contract', () => {
  const typeOfContract = (schema: z.ZodType): Type =>
    jsonSchemaToType(z.toJSONSchema(schema, { io: 'input' }) as unknown as Json);

  test.each<[string, z.ZodType, Type]>([
    ['a literal', z.literal('a'), { kind: 'string', enum: ['a'] }],
    ['a nullable text', z.string().nullable(), { kind: 'any' }],
    ['words of two enumerations', z.union([z.enum(['a']), z.enum(['b'])]), { kind: 'string', enum: ['a', 'b'] }],
    ['a record', z.record(z.string(), z.number()), { kind: 'object', fields: {}, open: true }],
    [
      'two shapes',
      z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.number() })]),
      {
        kind: 'object',
        fields: { a: { type: { kind: 'string' }, optional: true }, b: { type: { kind: 'number' }, optional: true } },
        open: false,
      },
    ],
    [
      'a field with a default',
      z.strictObject({ a: z.string().default('x') }),
      { kind: 'object', fields: { a: { type: { kind: 'string' }, optional: true } }, open: false },
    ],
  ])('%s', (_, schema, expected) => {
    expect(typeOfContract(schema)).toEqual(expected);
  });

  test('a schema that contains itself ends', () => {
    const schema = {
      $ref: '#/$defs/node',
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
    };
    expect(jsonSchemaToType(schema).kind).toBe('object');
  });
});

/** JSON Schema cannot hold one value against another. */
const COMPARISON = 'a longest wait below the first';

describe('the JSON Schema of definitions', () => {
  const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false }).compile(
    definitionSchema(),
  );

  test('accepts the definitions of the repository', () => {
    const text = readFileSync(join(__dirname, '../../definitions/bilingual-coach.yaml'), 'utf8');
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  test('has every word of this version and none of a later one', () => {
    const text = JSON.stringify(definitionSchema());
    const words = { ...DEFINITION_WORDS, ...STEP_WORDS, ...Object.assign({}, ...Object.values(KIND_WORDS)) } as Record<
      string,
      { later?: true }
    >;
    for (const [key, word] of Object.entries(words))
      expect([key, text.includes(`"${key}":{`)]).toEqual([key, word.later !== true]);
    for (const kind of LATER_KINDS) expect(text).not.toContain(`"${kind}":`);
  });

  test('refuses what the parser refuses by its words', () => {
    const codes = ['unknown-key', 'missing-key', 'not-yet', 'no-kind', 'two-kinds', 'out-of-range'];
    const refused = FAULTS.filter(
      ({ what, text, found }) =>
        what !== COMPARISON &&
        !text.includes('$schema') &&
        found.some((code) => codes.includes(code.split('@')[0] ?? '')),
    );
    expect(refused.length).toBeGreaterThan(12);
    for (const { what, text } of refused) expect([what, validate(parse(text))]).toEqual([what, false]);
  });
});
