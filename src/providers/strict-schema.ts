/** JSON Schemas as model vendors take them: fewer keywords than JSON Schema has. What is left out is checked in the answer. */
import type { Json, JsonSchema } from '../plan/json';
import { isObject } from '../plan/json';

/** https://platform.openai.com/docs/guides/structured-outputs#supported-schemas, those that all hosts of models take. */
const STRICT = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'description',
  'anyOf',
  'const',
];

/** For strict mode: every object closed, every member required. Undefined when the schema leaves something open. */
export function strictSchema(schema: JsonSchema): JsonSchema | undefined {
  return closed(withKeywords(schema, STRICT));
}

/** The schema with these keywords alone, at every depth. */
export function withKeywords(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  const kept = Object.entries(schema).filter(([key]) => keywords.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, inner(key, value, (one) => withKeywords(one, keywords))]));
}

/** Applies to the schemas that stand under a keyword. */
function inner(key: string, value: Json, each: (schema: JsonSchema) => Json): Json {
  if (key === 'properties' && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isObject(one) ? each(one) : one]));
  if (key === 'items' && isObject(value)) return each(value);
  if (key === 'anyOf' && Array.isArray(value))
    return (value as readonly Json[]).map((one) => (isObject(one) ? each(one) : one));
  return value;
}

function closed(schema: JsonSchema): JsonSchema | undefined {
  let open = false;
  const close = (node: JsonSchema): JsonSchema => {
    const { type, properties, required, anyOf, enum: words, const: word } = node;
    if (type === undefined && anyOf === undefined && words === undefined && word === undefined) open = true;
    const names = isObject(properties) ? Object.keys(properties) : [];
    const needed: readonly Json[] = Array.isArray(required) ? required : [];
    if (type === 'object' && (properties === undefined || !names.every((name) => needed.includes(name)))) open = true;
    if (type === 'array' && !isObject(node['items'])) open = true;
    const entries = Object.entries(node).map(([key, value]) => [key, inner(key, value, close)] as const);
    const rest = Object.fromEntries(entries);
    return type === 'object' ? { ...rest, required: names, additionalProperties: false } : rest;
  };
  const made = close(schema);
  return open ? undefined : made;
}
