/** What is done to a value before it is checked: it is copied, and nulls in optional fields are taken out. */
import type { Json, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';

/** A copy; a null where the schema has an optional field is left out. The input is never changed. */
export function arrive(schema: Json | undefined, value: unknown, root: JsonSchema): Json {
  const at = followed(schema, root);
  if (Array.isArray(value)) return value.map((item) => arrive(own(at, 'items'), item, root));
  if (typeof value !== 'object' || value === null) return value as Json;
  const properties = own(at, 'properties');
  const required = own(at, 'required');
  const rest = own(at, 'additionalProperties');
  const needed = new Set(Array.isArray(required) ? (required as readonly Json[]) : []);
  const isOptional = (key: string): boolean => own(properties, key) !== undefined && !needed.has(key);
  const entries = Object.entries(value).filter(
    ([key, field]) => field !== undefined && !(field === null && isOptional(key)),
  );
  return Object.fromEntries(entries.map(([key, field]) => [key, arrive(own(properties, key) ?? rest, field, root)]));
}

/** Follows a local reference, once: enough for definitions under `$defs`. */
function followed(schema: Json | undefined, root: JsonSchema): Json | undefined {
  const reference = own(schema, '$ref');
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return isObject(schema) ? schema : undefined;
  return reference
    .slice(2)
    .split('/')
    .reduce<Json | undefined>((at, part) => own(at, part.replaceAll('~1', '/').replaceAll('~0', '~')), root);
}
