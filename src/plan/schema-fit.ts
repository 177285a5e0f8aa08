/** Checks a value against the JSON Schemas that the language makes of its types, and those of tools, where no validator can be loaded: inside the sandbox. */
import { isBlobReference } from './blob';
import { matchesPattern } from './expression/pattern';
import type { Json, JsonSchema } from './json';
import { canonical, isObject, own } from './json';
import type { Fault } from './problem';

/** Every fault, with a pointer from `root`; none when the value fits. Knows the keywords that types and contracts use; what it does not know it lets through. */
export function misfits(schema: JsonSchema, value: Json | undefined, root: string): readonly Fault[] {
  const say = (detail: string): readonly Fault[] => [{ pointer: root || '/', detail }];
  const { type } = schema;
  const allowed = Object.hasOwn(schema, 'const') ? [schema['const'] as Json] : schema['enum'];
  // A reference stands for the text, list or object that is stored; whoever made it has checked that. Of a few values it is none.
  if (isBlobReference(value) && allowed === undefined && (type === 'string' || type === 'array' || type === 'object'))
    return [];
  const types = typeof type === 'string' ? [type] : Array.isArray(type) ? (type as readonly string[]) : [];
  if (types.length > 0 && !types.some((one) => TYPES[one]?.(value ?? null)))
    return say(`is not of the type ${types.join(' or ')}`);
  if (Array.isArray(allowed) && !allowed.some((one) => canonical(one) === canonical(value ?? null)))
    return say(`is none of ${allowed.map((one) => JSON.stringify(one)).join(', ')}`);
  return [...choiceFaults(schema, value, root), ...contentFaults(schema, value, root)];
}

/** Of `anyOf` and `oneOf` one has to fit; told are the faults of the one that is nearest. Of `allOf` all. */
function choiceFaults(schema: JsonSchema, value: Json | undefined, root: string): readonly Fault[] {
  const among = (name: string): readonly (readonly Fault[])[] => {
    const schemas = schema[name];
    return Array.isArray(schemas) ? schemas.flatMap((one) => (isObject(one) ? [misfits(one, value, root)] : [])) : [];
  };
  const nearest = ['anyOf', 'oneOf'].flatMap(
    (name) => among(name).toSorted((a, b) => rank(a, root) - rank(b, root))[0] ?? [],
  );
  return [...nearest, ...among('allOf').flat()];
}

/** One whose faults lie within the value is nearer than one that the value is no instance of at all. */
function rank(faults: readonly Fault[], root: string): number {
  return faults.length + (faults.some(({ pointer }) => pointer === (root || '/')) ? 1_000 : 0);
}

function contentFaults(schema: JsonSchema, value: Json | undefined, root: string): readonly Fault[] {
  const say = (detail: string): readonly Fault[] => [{ pointer: root || '/', detail }];
  if (typeof value === 'string') return textFaults(schema, value).flatMap(say);
  if (typeof value === 'number') return numberFaults(schema, value).flatMap(say);
  if (Array.isArray(value))
    return [...listFaults(schema, value.length).flatMap(say), ...itemFaults(schema, value as readonly Json[], root)];
  return isObject(value) ? memberFaults(schema, value, root) : [];
}

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  array: Array.isArray,
  null: (value) => value === null,
};

function limit(schema: JsonSchema, name: string): number | undefined {
  const value = schema[name];
  return typeof value === 'number' ? value : undefined;
}

function textFaults(schema: JsonSchema, value: string): readonly string[] {
  const { pattern } = schema;
  const length = [...value].length;
  return [
    ...(length < (limit(schema, 'minLength') ?? 0) ? [`is shorter than ${limit(schema, 'minLength')} characters`] : []),
    ...(length > (limit(schema, 'maxLength') ?? Infinity)
      ? [`is longer than ${limit(schema, 'maxLength')} characters`]
      : []),
    ...(typeof pattern === 'string' && !matchesPattern(value, pattern) ? [`does not match ${pattern}`] : []),
  ];
}

function numberFaults(schema: JsonSchema, value: number): readonly string[] {
  return [
    ...(value < (limit(schema, 'minimum') ?? -Infinity) ? [`is less than ${limit(schema, 'minimum')}`] : []),
    ...(value > (limit(schema, 'maximum') ?? Infinity) ? [`is more than ${limit(schema, 'maximum')}`] : []),
  ];
}

function listFaults(schema: JsonSchema, length: number): readonly string[] {
  return [
    ...(length < (limit(schema, 'minItems') ?? 0) ? [`has fewer than ${limit(schema, 'minItems')} items`] : []),
    ...(length > (limit(schema, 'maxItems') ?? Infinity) ? [`has more than ${limit(schema, 'maxItems')} items`] : []),
  ];
}

function itemFaults({ items }: JsonSchema, values: readonly Json[], root: string): readonly Fault[] {
  return isObject(items) ? values.flatMap((value, i) => misfits(items, value, `${root}/${i}`)) : [];
}

function memberFaults(schema: JsonSchema, value: { readonly [key: string]: Json }, root: string): readonly Fault[] {
  const { properties, required, additionalProperties } = schema;
  const missing = (Array.isArray(required) ? required : []).filter((key) => !Object.hasOwn(value, String(key)));
  const extra =
    additionalProperties === false ? Object.keys(value).filter((key) => own(properties, key) === undefined) : [];
  return [
    ...missing.map((key) => ({ pointer: `${root}/${String(key)}`, detail: 'is missing' })),
    ...extra.map((key) => ({ pointer: `${root}/${key}`, detail: 'is not asked for' })),
    ...Object.entries(isObject(properties) ? properties : {}).flatMap(([key, inner]) =>
      Object.hasOwn(value, key) && isObject(inner) ? misfits(inner, value[key], `${root}/${key}`) : [],
    ),
  ];
}
