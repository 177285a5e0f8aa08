/** Schemas of OpenAPI as JSON Schema 2020-12 that stands alone. */
import { selfContained } from '../../language/schema-type';
import type { Json, JsonObject, JsonSchema } from '../../plan/json';
import { isObject, own } from '../../plan/json';

/** Members of a schema that hold values or only decorate. */
const VALUES = new Set(['enum', 'const', 'default', 'examples']);
const DROPPED = new Set(['nullable', 'example', 'discriminator', 'xml', 'externalDocs', 'deprecated']);

/**
 * `input`: what is sent, so nothing that only the far side may set is required. `output`: what comes back, which may hold more than
 * the document knows of, since APIs grow.
 */
export function jsonSchema(schema: Json, root: JsonObject, side: 'input' | 'output'): JsonSchema {
  return convert(isObject(schema) ? selfContained(schema, root) : {}, side) as JsonSchema;
}

function convert(schema: Json, side: 'input' | 'output'): Json {
  if (Array.isArray(schema)) return (schema as readonly Json[]).map((one) => convert(one, side));
  if (!isObject(schema)) return schema;
  const members = Object.entries(schema).flatMap(([key, value]): [string, Json][] => {
    if (DROPPED.has(key)) return [];
    if (VALUES.has(key)) return [[key, value]];
    if (key === 'additionalProperties' && value === false && side === 'output') return [];
    // OpenAPI 3.0 writes limits that are left out as a flag.
    if ((key === 'exclusiveMinimum' || key === 'exclusiveMaximum') && typeof value === 'boolean') return [];
    if (key === 'required' && Array.isArray(value)) return [[key, requiredOf(value as readonly Json[], schema, side)]];
    if (key !== 'properties' || !isObject(value)) return [[key, convert(value, side)]];
    return [[key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, convert(one, side)]))]];
  });
  const converted = Object.fromEntries(members);
  if (schema['nullable'] !== true) return converted;
  const { type, enum: words, ...rest } = converted;
  return {
    ...rest,
    ...(typeof type === 'string' ? { type: [type, 'null'] } : {}),
    ...(Array.isArray(words) ? { enum: [...(words as readonly Json[]), null] } : {}),
  };
}

function requiredOf(names: readonly Json[], schema: JsonObject, side: 'input' | 'output'): readonly Json[] {
  const mark = side === 'input' ? 'readOnly' : 'writeOnly';
  return names.filter((name) => typeof name !== 'string' || own(own(schema['properties'], name), mark) !== true);
}
