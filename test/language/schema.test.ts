/** Types as JSON Schema, and back. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { z } from 'zod';
import { checkedTypeToJsonSchema, jsonSchemaToType } from '../../src/language/json-schema';
import type { Type } from '../../src/language/type';
import type { Json } from '../../src/plan/json';

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
