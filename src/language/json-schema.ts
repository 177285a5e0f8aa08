/** Types as JSON Schema 2020-12, and back. */
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import type { DefinitionType } from './definition-type';
import type { Field, Type } from './type';
import { ANY, BOOLEAN, NUMBER, STRING } from './type';

/**
 * The schema of a written type. `open` leaves room for fields that the type does not name: what a tool answers may hold more than a
 * definition declares, what a caller sends may not.
 */
export function typeToJsonSchema(
  type: DefinitionType,
  options: { readonly open: boolean } = { open: false },
): JsonSchema {
  const { description, default: fallback, pii } = type;
  return {
    ...bareSchema(type, options),
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(pii === undefined ? {} : { 'x-pii': pii }),
  };
}

function bareSchema(type: DefinitionType, options: { readonly open: boolean }): JsonSchema {
  switch (type.kind) {
    case 'any':
      return {};
    case 'string':
      return { type: 'string', ...pick(type, ['enum', 'minLength', 'maxLength', 'pattern', 'format']) };
    case 'number':
      return { type: type.integer ? 'integer' : 'number', ...pick(type, ['enum', 'minimum', 'maximum']) };
    case 'boolean':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array', items: typeToJsonSchema(type.items, options), ...pick(type, ['minItems', 'maxItems']) };
    case 'object': {
      if (type.fields === undefined) return { type: 'object' };
      const fields = Object.entries(type.fields);
      const required = fields.filter(([, field]) => !field.optional).map(([name]) => name);
      return {
        type: 'object',
        properties: Object.fromEntries(fields.map(([name, field]) => [name, typeToJsonSchema(field.type, options)])),
        ...(required.length === 0 ? {} : { required }),
        ...(options.open ? {} : { additionalProperties: false }),
      };
    }
    case 'schema':
      return type.schema;
  }
}

function pick(from: object, keys: readonly string[]): JsonObject {
  const facts = from as Readonly<Record<string, Json | undefined>>;
  const entries = keys.flatMap((key): [string, Json][] => (facts[key] === undefined ? [] : [[key, facts[key]]]));
  return Object.fromEntries(entries);
}

/** The schema of what the checker knows about a value, such as an execution's output. */
export function checkedTypeToJsonSchema(type: Type): JsonSchema {
  switch (type.kind) {
    case 'any':
      return {};
    case 'null':
    case 'boolean':
      return { type: type.kind };
    case 'string':
      return { type: 'string', ...(type.enum === undefined ? {} : { enum: type.enum }) };
    case 'number':
      return { type: type.integer === true ? 'integer' : 'number' };
    case 'timestamp':
    case 'duration':
      return { type: 'string' };
    case 'list':
      return { type: 'array', items: checkedTypeToJsonSchema(type.items) };
    case 'object': {
      const fields = Object.entries(type.fields);
      const required = fields.filter(([, field]) => !field.optional).map(([name]) => name);
      return {
        type: 'object',
        properties: Object.fromEntries(fields.map(([name, field]) => [name, checkedTypeToJsonSchema(field.type)])),
        ...(required.length === 0 ? {} : { required }),
      };
    }
  }
}

/** What the checker can know of a schema; whatever it cannot follow is `any`. Local references (`#/…`) are followed. */
export function jsonSchemaToType(schema: Json): Type {
  return reader(schema)(schema, 0);
}

/** Deeper than any real contract; stops schemas that contain themselves. */
const MAX_SCHEMA_DEPTH = 24;

function reader(root: Json): (schema: Json, depth: number) => Type {
  const read = (schema: Json, depth: number): Type => {
    if (!isObject(schema) || depth > MAX_SCHEMA_DEPTH) return ANY;
    const reference = own(schema, '$ref');
    if (typeof reference === 'string') return read(resolveReference(root, reference) ?? true, depth + 1);
    if ('const' in schema) return literalType([own(schema, 'const') ?? null]);
    const words = own(schema, 'enum');
    if (Array.isArray(words)) return literalType(words as readonly Json[]);
    const variants = own(schema, 'anyOf') ?? own(schema, 'oneOf');
    if (Array.isArray(variants))
      return unionType((variants as readonly Json[]).map((variant) => read(variant, depth + 1)));
    const pii = own(schema, 'x-pii');
    const type = plainType(schema, (inner) => read(inner, depth + 1));
    return typeof pii === 'string' ? { ...type, pii: [pii] } : type;
  };
  return read;
}

function plainType(schema: JsonObject, read: (schema: Json) => Type): Type {
  const type = own(schema, 'type');
  switch (typeof type === 'string' ? type : '') {
    case 'string':
      return STRING;
    case 'number':
      return NUMBER;
    case 'integer':
      return { kind: 'number', integer: true };
    case 'boolean':
      return BOOLEAN;
    case 'null':
      return { kind: 'null' };
    case 'array':
      return { kind: 'list', items: read(own(schema, 'items') ?? true) };
    case 'object':
      return objectType(schema, read);
    default:
      return ANY;
  }
}

function objectType(schema: JsonObject, read: (schema: Json) => Type): Type {
  const properties = own(schema, 'properties');
  const required = own(schema, 'required');
  const needed = new Set(Array.isArray(required) ? (required as readonly Json[]) : []);
  const fields = Object.entries(isObject(properties) ? properties : {}).map(([name, inner]): [string, Field] => [
    name,
    { type: read(inner), optional: !needed.has(name) },
  ]);
  return { kind: 'object', fields: Object.fromEntries(fields), open: own(schema, 'additionalProperties') !== false };
}

function literalType(values: readonly Json[]): Type {
  if (values.every((value) => typeof value === 'string')) return { kind: 'string', enum: values };
  if (values.every((value) => typeof value === 'number')) return NUMBER;
  if (values.every((value) => typeof value === 'boolean')) return BOOLEAN;
  return values.every((value) => value === null) ? { kind: 'null' } : ANY;
}

/** The type of a value that is one of these: objects are laid over each other, anything else must agree. */
export function unionType(types: readonly Type[]): Type {
  const [first, ...rest] = types;
  return first === undefined ? ANY : rest.reduce(unite, first);
}

function unite(a: Type, b: Type): Type {
  if (a.kind === 'string' && b.kind === 'string')
    return a.enum && b.enum ? { kind: 'string', enum: [...new Set([...a.enum, ...b.enum])] } : STRING;
  if (a.kind === 'number' && b.kind === 'number') return a.integer && b.integer ? a : NUMBER;
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', items: unite(a.items, b.items) };
  if (a.kind === 'object' && b.kind === 'object') return uniteObjects(a, b);
  return a.kind === b.kind ? a : ANY;
}

type ObjectType = Extract<Type, { kind: 'object' }>;

function uniteObjects(a: ObjectType, b: ObjectType): Type {
  const names = [...new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])];
  const fields = names.map((name): [string, Field] => {
    const [left, right] = [ownField(a, name), ownField(b, name)];
    if (left && right) return [name, { type: unite(left.type, right.type), optional: left.optional || right.optional }];
    const only = left ?? right;
    const other = left ? b : a;
    return [name, { type: other.open || only === undefined ? ANY : only.type, optional: true }];
  });
  return { kind: 'object', fields: Object.fromEntries(fields), open: a.open || b.open };
}

export function ownField(type: ObjectType, name: string): Field | undefined {
  return Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
}

/** What a local reference (`#/…`) stands for. */
export function resolveReference(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  const path = reference.slice(1).split('/').slice(1);
  return path.reduce<Json | undefined>(
    (value, part) => own(value, decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')),
    root,
  );
}
