/** A contract's JSON Schema as a definition may fill it: in every place a text with `${ … }` may stand for the value. */
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import { resolveReference } from './json-schema';

const EXPRESSION: JsonSchema = { type: 'string', pattern: '\\$\\{' };

/** Deeper than any real contract; stops schemas that contain themselves. */
const MAX_DEPTH = 12;

/** Keywords that hold schemas of values; what is not listed here or below cannot be judged before expressions have values. */
const VALUES = ['items', 'additionalProperties'];
const MAPS = ['properties', 'patternProperties'];
const LISTS = ['prefixItems', 'anyOf', 'allOf'];
const DROPPED = [
  '$schema',
  '$defs',
  'definitions',
  '$ref',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'uniqueItems',
  'contains',
];

/** The schema itself stays as it is at the top: `input` is a mapping. */
export function openToExpressions(schema: JsonSchema): JsonSchema {
  return opener(schema).inside(schema, 0);
}

interface Opener {
  readonly inside: (schema: JsonObject, depth: number) => JsonSchema;
}

function opener(root: JsonSchema): Opener {
  const value = (schema: Json, depth: number): Json => {
    if (!isObject(schema)) return schema;
    if (depth > MAX_DEPTH) return {};
    const { description, title, ...rest } = inside(schema, depth);
    const shown = { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
    return takesAnyText(rest) ? { ...rest, ...shown } : { ...shown, anyOf: [rest, EXPRESSION] };
  };

  const inside = (schema: JsonObject, depth: number): JsonObject => {
    const reference = own(schema, '$ref');
    const meant = typeof reference === 'string' ? resolveReference(root, reference) : undefined;
    const target = isObject(meant) && depth <= MAX_DEPTH ? inside(meant, depth + 1) : {};
    const variants = own(schema, 'oneOf');
    const parts = Object.entries(schema).flatMap(([key, part]): [string, Json][] => {
      if (DROPPED.includes(key)) return [];
      if (VALUES.includes(key)) return [[key, value(part, depth + 1)]];
      if (MAPS.includes(key) && isObject(part)) return [[key, mapped(part, (one) => value(one, depth + 1))]];
      if (LISTS.includes(key) && Array.isArray(part)) return [[key, listed(part as readonly Json[], depth)]];
      return [[key, part]];
    });
    // With expressions in it a value may fit several of them.
    const any = Array.isArray(variants) ? { anyOf: listed(variants as readonly Json[], depth) } : {};
    return { ...target, ...Object.fromEntries(parts), ...any };
  };

  const listed = (variants: readonly Json[], depth: number): Json =>
    variants.map((part) => (isObject(part) ? inside(part, depth + 1) : part));

  return { inside };
}

function takesAnyText(schema: JsonObject): boolean {
  const type = own(schema, 'type');
  const limits = ['enum', 'const', 'pattern', 'format', 'minLength', 'maxLength', 'anyOf', 'allOf'];
  return (type === undefined || type === 'string') && !limits.some((limit) => Object.hasOwn(schema, limit));
}

function mapped(fields: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, change(field)]));
}
