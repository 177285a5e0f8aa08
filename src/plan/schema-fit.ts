/** Checks a value against the JSON Schemas that the language makes of its types, where no validator can be loaded: inside the sandbox. */
import { isBlobReference } from './blob';
import { matchesPattern } from './expression/pattern';
import type { Json, JsonSchema } from './json';
import { canonical, isObject, own } from './json';
import type { Fault } from './problem';

/** Every fault, with a pointer from `root`; none when the value fits. Knows the keywords that the language's types use. */
export function misfits(schema: JsonSchema, value: Json | undefined, root: string): readonly Fault[] {
  const say = (detail: string): readonly Fault[] => [{ pointer: root || '/', detail }];
  const { type } = schema;
  // A reference stands for the text, list or object that is stored; whoever made it has checked that.
  if (isBlobReference(value) && (type === 'string' || type === 'array' || type === 'object')) return [];
  if (typeof type === 'string' && !TYPES[type]?.(value ?? null)) return say(`is not of the type ${type}`);
  const allowed = schema['enum'];
  if (Array.isArray(allowed) && !allowed.some((one) => canonical(one) === canonical(value)))
    return say(`is none of ${allowed.map((one) => JSON.stringify(one)).join(', ')}`);
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
