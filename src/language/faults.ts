/** The validator's errors → faults with a JSON Pointer and a sentence that names the field and what was expected. */
import type { ErrorObject } from 'ajv';
import { isBlobReference } from '../plan/blob';
import type { Json } from '../plan/json';
import { isObject, own } from '../plan/json';
import type { Fault } from '../plan/problem';
import { nameOfType } from './fit';
import { jsonSchemaToType } from './json-schema';
import { nearWord } from './near-word';

const MAX_FAULTS = 50;

export interface Checked {
  readonly value: Json;
  /** JSON Pointer of the value. */
  readonly root: string;
}

export function faultsOf(errors: readonly ErrorObject[], checked: Checked): readonly Fault[] {
  const faults: Fault[] = [];
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const seen = new Set<string>();
  for (const error of errors) {
    if (faults.length >= MAX_FAULTS) break;
    // What each variant of a union misses is the union's fault, told once.
    if (unions.some((union) => union !== error && error.schemaPath.startsWith(`${union.schemaPath}/`))) continue;
    if (standsFor(error, checked.value)) continue;
    const fault = faultOf(error, checked);
    const place = `${fault.pointer} ${fault.detail}`;
    if (!seen.has(place)) faults.push(fault);
    seen.add(place);
  }
  return faults;
}

const SCALARS: readonly unknown[] = ['number', 'integer', 'boolean', 'null'];

/** A reference to a large value fits wherever text, a list or an object is expected. */
function standsFor(error: ErrorObject, value: Json): boolean {
  if (!isBlobReference(at(value, error.instancePath))) return false;
  if (error.keyword === 'type') return !SCALARS.includes((error.params as { readonly type?: unknown }).type);
  return error.keyword !== 'enum' && error.keyword !== 'const';
}

function at(value: Json, pointer: string): Json | undefined {
  return pointer
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((inner, part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      return Array.isArray(inner) ? (inner as readonly Json[])[Number(key)] : own(inner, key);
    }, value);
}

function faultOf(error: ErrorObject, { value, root }: Checked): Fault {
  const pointer = root + error.instancePath;
  const name = nameOf(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  const schema = error.parentSchema as Json | undefined;
  switch (error.keyword) {
    case 'required': {
      const missing = String(params['missingProperty']);
      const expected = own(own(schema, 'properties'), missing);
      return {
        pointer: `${pointer}/${escape(missing)}`,
        detail: `${missing} is missing; ${nameOfType(jsonSchemaToType(expected ?? {}))} is expected.`,
      };
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const extra = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      return {
        pointer: `${pointer}/${escape(extra)}`,
        detail: `${extra} is not a field here. ${knownFields(extra, schema)}`,
      };
    }
    case 'type':
      return {
        pointer,
        detail: `${name} is ${named(at(value, error.instancePath))}; ${orList(params['type'])} is expected.`,
      };
    case 'enum':
      return {
        pointer,
        detail: `${name} is none of ${(params['allowedValues'] as readonly Json[]).map((word) => JSON.stringify(word)).join(', ')}.`,
      };
    case 'anyOf':
    case 'oneOf':
      return { pointer, detail: `${name} has none of the forms that are expected.` };
    case 'pattern':
      return { pointer, detail: `${name} does not match the pattern ${String(params['pattern'])}.` };
    case 'format':
      return { pointer, detail: `${name} is not of the format ${String(params['format'])}.` };
    default:
      return { pointer, detail: `${name} ${error.message ?? 'is not as expected'}.` };
  }
}

function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function nameOf(pointer: string): string {
  const last = pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  if (pointer === '') return 'The value';
  return /^\d+$/.test(last) ? `Item ${last}` : last;
}

function knownFields(name: string, schema: Json | undefined): string {
  const properties = own(schema, 'properties');
  const names = isObject(properties) ? Object.keys(properties) : [];
  const near = nearWord(name, names);
  if (near !== undefined) return `Did you mean ${near}?`;
  return names.length === 0 ? 'None is expected.' : `The fields are ${names.join(', ')}.`;
}

function orList(types: unknown): string {
  return Array.isArray(types) ? types.join(' or ') : String(types);
}

function named(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
