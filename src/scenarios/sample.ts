/** Values made up by type: what a scenario leaves out is filled with them, and listed. */
import { validateValue } from '../language/validate';
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { patternFault } from '../plan/expression/pattern';
import { isObject, own } from '../plan/json';

export interface Filled {
  readonly value: Json;
  /** JSON Pointers of what was made up. */
  readonly filled: readonly string[];
}

/** Deeper than any real type; stops schemas that contain themselves. */
const MAX_DEPTH = 16;

/** The value with every required field that is missing made up; what is there stays, fitting or not. */
export function complete(schema: JsonSchema, value: Json | undefined, root = ''): Filled {
  const filled: string[] = [];
  return { value: fill(schema, value, { root: schema, at: root, name: '', depth: 0, filled }), filled };
}

interface Place {
  readonly root: JsonSchema;
  /** JSON Pointer. */
  readonly at: string;
  /** Of the field. */
  readonly name: string;
  readonly depth: number;
  readonly filled: string[];
}

function fill(schema: Json | undefined, value: Json | undefined, place: Place): Json {
  const at = follow(schema, place.root);
  if (value === undefined) {
    place.filled.push(place.at);
    return sample(at, place);
  }
  if (!isObject(value)) return value;
  return withRequired(at, value, place);
}

function withRequired(schema: Json | undefined, value: JsonObject, place: Place): JsonObject {
  const properties = own(schema, 'properties');
  const required = own(schema, 'required');
  const fields: Record<string, Json> = { ...value };
  for (const name of Array.isArray(required) ? (required as readonly string[]) : []) {
    const inner = own(properties, name);
    if (own(follow(inner, place.root), 'default') !== undefined && !Object.hasOwn(fields, name)) continue;
    fields[name] = fill(inner, own(value, name), { ...place, name, depth: place.depth + 1, at: `${place.at}/${name}` });
  }
  for (const [name, field] of Object.entries(value))
    if (isObject(field) && own(properties, name) !== undefined)
      fields[name] = fill(own(properties, name), field, { ...place, name, at: `${place.at}/${name}` });
  return fields;
}

/** The least value of a type that carries no meaning: a text is its field's name. */
function sample(schema: Json | undefined, place: Place): Json {
  const { root, name, depth } = place;
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  const known = own(schema, 'default') ?? own(schema, 'const') ?? first(own(schema, 'enum'));
  if (known !== undefined) return known;
  const variant = first(own(schema, 'anyOf')) ?? first(own(schema, 'oneOf'));
  if (variant !== undefined) return sample(follow(variant, root), { ...place, depth: depth + 1 });
  const type = own(schema, 'type');
  if (type === 'string') return sampleText(schema, name);
  if (type === 'integer' || type === 'number') return sampleNumber(schema);
  if (type === 'boolean') return false;
  if (type === 'object') return withRequired(schema, {}, { ...place, filled: [] });
  if (type !== 'array') return name === '' ? {} : name;
  const least = own(schema, 'minItems');
  const item = (): Json => sample(follow(own(schema, 'items'), root), { ...place, depth: depth + 1 });
  return Array.from({ length: typeof least === 'number' ? least : 0 }, item);
}

/** Of texts that patterns and formats commonly ask for, the first that fits. */
const TEXTS: readonly string[] = [
  'en',
  'a',
  '1',
  'sample@example.com',
  'https://example.com',
  '2026-01-01T00:00:00Z',
  '2026-01-01',
  '00:00:00Z',
  'eur',
  'owner/name',
  '00000000-0000-4000-8000-000000000000',
];

/** Fields whose names say what tools will take them for. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/lang(uage)?$|locale$/i, 'en'],
  [/e-?mail$/i, 'sample@example.com'],
  [/ur[il]$/i, 'https://example.com'],
];

function sampleText(schema: JsonObject, name: string): string {
  const meant = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  const least = own(schema, 'minLength');
  const named = (name || 'text').padEnd(typeof least === 'number' ? least : 0, '.');
  return [...(meant === undefined ? [] : [meant]), named, ...TEXTS].find((text) => fits(schema, text)) ?? named;
}

/** A tool's own pattern may look ahead, which the definitions' checker refuses: then the rest of the schema decides. */
function fits({ pattern, ...rest }: JsonObject, text: string): boolean {
  const whole = typeof pattern === 'string' && patternFault(pattern) === undefined ? { ...rest, pattern } : rest;
  return validateValue(whole, text).faults.length === 0;
}

function sampleNumber(schema: JsonObject): number {
  const [least, most] = [own(schema, 'minimum'), own(schema, 'maximum')];
  if (typeof least === 'number' && least > 0) return own(schema, 'type') === 'integer' ? Math.ceil(least) : least;
  return typeof most === 'number' && most < 0 ? Math.floor(most) : 0;
}

function first(list: Json | undefined): Json | undefined {
  return Array.isArray(list) ? (list as readonly Json[])[0] : undefined;
}

function follow(schema: Json | undefined, root: JsonSchema): Json | undefined {
  const reference = own(schema, '$ref');
  if (typeof reference !== 'string' || !reference.startsWith('#')) return schema;
  const path = reference.split('/').slice(1);
  return path.reduce<Json | undefined>((at, part) => own(at, part.replaceAll('~1', '/').replaceAll('~0', '~')), root);
}
