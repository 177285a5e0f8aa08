/**
 * Checks values against the JSON Schemas that types of definitions come to, node by node. Making a program of a schema first, as ajv does,
 * holds everyone else up: seconds for the thousands of fields that a definition may have.
 */
import type { ErrorObject } from 'ajv';
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import { FORMATS } from './formats';
import { linearPattern } from './linear-pattern';

const TYPES = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'];

const isCount = (value: Json): boolean => typeof value === 'number';
const isList = (value: Json): value is Json[] => Array.isArray(value);

/** What a schema may hold to be checked here; whatever else it says, ajv understands. */
const WORDS: Readonly<Record<string, (value: Json) => boolean>> = {
  type: (value) => typeof value === 'string' && TYPES.includes(value),
  enum: (value) => isList(value) && value.every((word) => typeof word === 'string' || typeof word === 'number'),
  minLength: isCount,
  maxLength: isCount,
  pattern: (value) => typeof value === 'string',
  format: (value) => typeof value === 'string' && Object.hasOwn(FORMATS, value),
  minimum: isCount,
  maximum: isCount,
  minItems: isCount,
  maxItems: isCount,
  items: isPlain,
  properties: (value) =>
    isObject(value) && !Object.hasOwn(value, '__proto__') && Object.values(value).every((inner) => isPlain(inner)),
  required: (value) => isList(value) && value.every((name) => typeof name === 'string'),
  additionalProperties: (value) => value === false,
  default: () => true,
  description: (value) => typeof value === 'string',
  'x-pii': () => true,
};

const plain = new WeakMap<JsonObject, boolean>();

export function isPlain(schema: Json | undefined): schema is JsonSchema {
  if (!isObject(schema)) return false;
  const known = plain.get(schema);
  if (known !== undefined) return known;
  const found = Object.entries(schema).every(
    ([word, value]) => Object.hasOwn(WORDS, word) && WORDS[word]?.(value) === true,
  );
  plain.set(schema, found);
  return found;
}

/** What is wrong with the value, in ajv's terms and all of it; defaults are put into the value, which the caller must own. */
export function checkPlain(schema: JsonSchema, value: Json): readonly ErrorObject[] {
  const errors: ErrorObject[] = [];
  check(schema, value, '', errors);
  return errors;
}

function check(schema: JsonSchema, value: Json, path: string, errors: ErrorObject[]): void {
  const fail = (keyword: string, params: JsonObject, message: string): void => {
    errors.push({ keyword, instancePath: path, schemaPath: `#/${keyword}`, params, message, parentSchema: schema });
  };
  const { type, enum: words } = schema;
  if (typeof type === 'string' && !isOf(type, value)) fail('type', { type }, `must be ${type}`);
  if (words !== undefined && !wordsOf(words as readonly Json[]).has(value))
    fail('enum', { allowedValues: words }, 'must be equal to one of the allowed values');
  if (typeof value === 'string') checkText(schema, value, fail);
  else if (typeof value === 'number') checkNumber(schema, value, fail);
  else if (isList(value)) checkList(schema, value, { path, errors, fail });
  else if (isObject(value)) checkObject(schema, value, { path, errors, fail });
}

type Fail = (keyword: string, params: JsonObject, message: string) => void;

interface Inside {
  readonly path: string;
  readonly errors: ErrorObject[];
  readonly fail: Fail;
}

function isOf(type: string, value: Json): boolean {
  if (type === 'array') return isList(value);
  if (type === 'object') return isObject(value);
  if (type === 'null') return value === null;
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

const sets = new WeakMap<readonly Json[], ReadonlySet<Json>>();

/** A list that is long would be gone through for every value. */
function wordsOf(list: readonly Json[]): ReadonlySet<Json> {
  const set = sets.get(list) ?? new Set(list);
  sets.set(list, set);
  return set;
}

function checkText(schema: JsonSchema, text: string, fail: Fail): void {
  const { minLength, maxLength, pattern, format } = schema;
  if (typeof maxLength === 'number' && lengthOf(text) > maxLength)
    fail('maxLength', { limit: maxLength }, `must NOT have more than ${maxLength} characters`);
  if (typeof minLength === 'number' && lengthOf(text) < minLength)
    fail('minLength', { limit: minLength }, `must NOT have fewer than ${minLength} characters`);
  if (typeof pattern === 'string' && !patternOf(schema, pattern).test(text))
    fail('pattern', { pattern }, `must match pattern "${pattern}"`);
  if (typeof format === 'string' && FORMATS[format]?.(text) === false)
    fail('format', { format }, `must match format "${format}"`);
}

/** Characters, of which some are two units of UTF-16. */
function lengthOf(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) length++;
  return length;
}

const patterns = new WeakMap<JsonSchema, ReturnType<typeof linearPattern>>();

function patternOf(schema: JsonSchema, pattern: string): ReturnType<typeof linearPattern> {
  const made = patterns.get(schema) ?? linearPattern(pattern, 'u');
  patterns.set(schema, made);
  return made;
}

function checkNumber({ minimum, maximum }: JsonSchema, value: number, fail: Fail): void {
  if (typeof maximum === 'number' && value > maximum)
    fail('maximum', { comparison: '<=', limit: maximum }, `must be <= ${maximum}`);
  if (typeof minimum === 'number' && value < minimum)
    fail('minimum', { comparison: '>=', limit: minimum }, `must be >= ${minimum}`);
}

function checkList(schema: JsonSchema, list: readonly Json[], { path, errors, fail }: Inside): void {
  const { minItems, maxItems, items } = schema;
  if (typeof maxItems === 'number' && list.length > maxItems)
    fail('maxItems', { limit: maxItems }, `must NOT have more than ${maxItems} items`);
  if (typeof minItems === 'number' && list.length < minItems)
    fail('minItems', { limit: minItems }, `must NOT have fewer than ${minItems} items`);
  if (isObject(items)) for (const [index, item] of list.entries()) check(items, item, `${path}/${index}`, errors);
}

function checkObject(schema: JsonSchema, object: JsonObject, { path, errors, fail }: Inside): void {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.entries(properties as Readonly<Record<string, JsonSchema>>);
  for (const [name, { default: fallback }] of fields)
    if (fallback !== undefined && !Object.hasOwn(object, name))
      (object as Record<string, Json>)[name] = structuredClone(fallback);
  for (const name of required as readonly string[])
    if (!Object.hasOwn(object, name))
      fail('required', { missingProperty: name }, `must have required property '${name}'`);
  if (additionalProperties === false)
    for (const name of Object.keys(object))
      if (!Object.hasOwn(properties as JsonObject, name))
        fail('additionalProperties', { additionalProperty: name }, 'must NOT have additional properties');
  for (const [name, inner] of fields) {
    const field = own(object, name);
    if (field !== undefined) check(inner, field, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, errors);
  }
}
