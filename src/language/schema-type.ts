/** JSON Schemas of others as contracts: checked by the platform's own validator, printed as they came. */
import { z } from 'zod';
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { isObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import { resolveReference } from './json-schema';
import { validateValue } from './validate';

/** A zod type that checks by a JSON Schema and prints as it, or as another. */
export function schemaType(schema: JsonSchema, printed = schema): z.ZodType {
  return z
    .unknown()
    .superRefine((value, context) => {
      for (const { pointer, detail } of validateValue(schema, value).faults)
        context.addIssue({ code: 'custom', message: detail, path: pointer.split('/').slice(1) });
    })
    .meta(printed);
}

/** No real schema comes near; references that double at every level do. */
const MAX_NODES = 20_000;

/** Members whose members are schemas by name. */
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']);
/** Members that hold values, not schemas. */
const VALUES = new Set(['enum', 'const', 'default', 'examples', 'example']);
/** What names a schema or only served references. */
const NAMES = new Set(['$schema', '$id', '$anchor', '$comment', '$defs', 'definitions']);

/**
 * The same schema without references, so that it can stand inside of others: local ones (`#/…`) are put in place, what contains
 * itself or lies elsewhere lets anything through. Throws `validation` when that makes it too large.
 */
export function selfContained(schema: JsonSchema, root: Json = schema): JsonSchema {
  let nodes = 0;
  const walk = (at: Json, open: readonly string[]): Json => {
    nodes += 1;
    if (nodes > MAX_NODES)
      throw new OmniError('validation', 'Its schema grows too large when references are followed.');
    if (Array.isArray(at)) return (at as readonly Json[]).map((item) => walk(item, open));
    if (!isObject(at)) return at;
    const { $ref: reference, ...rest } = at;
    if (typeof reference !== 'string') return members(at, open);
    const target = open.includes(reference) ? undefined : resolveReference(root, reference);
    const found = target === undefined ? {} : walk(target, [...open, reference]);
    return { ...(isObject(found) ? found : {}), ...members(rest, open) };
  };
  const members = (object: JsonObject, open: readonly string[]): JsonObject =>
    Object.fromEntries(
      Object.entries(object).flatMap(([key, value]): [string, Json][] => {
        if (NAMES.has(key)) return [];
        if (VALUES.has(key)) return [[key, value]];
        if (!MAPS.has(key) || !isObject(value)) return [[key, walk(value, open)]];
        return [[key, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, open)]))]];
      }),
    );
  // `id` at the root would be a name in zod's own registry.
  const { id, ...rest } = walk(schema, []) as JsonObject;
  return typeof id === 'string' || id === undefined ? rest : { ...rest, id };
}
