/** The official schemas that the deployment files are held against; where they come from is told in schemas/README.md. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020';
import Ajv2020 from 'ajv/dist/2020';
import { parseAllDocuments } from 'yaml';
import { isObject, type JsonObject } from '../../src/plan/json';

export const ROOT = path.resolve(__dirname, '../..');

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

function load(name: string): JsonObject {
  return JSON.parse(readFileSync(path.join(__dirname, 'schemas', name), 'utf8')) as JsonObject;
}

/** The documents of a YAML file, merge keys resolved. */
export function documents(file: string): JsonObject[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return parseAllDocuments(text, { merge: true }).map((document) => {
    if ('errors' in document && document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('; ')}`);
    const data: unknown = document.toJS();
    if (!isObject(data)) throw new Error(`${file}: a document is no object`);
    return data;
  });
}

export const composeSchema = ajv.compile(load('compose-spec.json'));

const kubernetes = load('kubernetes.json');
const compiled = new Map<string, ValidateFunction>();

/** The strict schema of a kind, for example `apps/v1/Deployment`. */
export function kubernetesSchema(kind: string): ValidateFunction {
  const kinds = kubernetes['kinds'] as Record<string, JsonObject>;
  const schema = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (schema === undefined)
    throw new Error(`no schema for ${kind}: add it to schemas/kubernetes.mjs and run that again`);
  const known = compiled.get(kind) ?? ajv.compile({ ...schema, $defs: kubernetes['$defs'] });
  compiled.set(kind, known);
  return known;
}

/** The faults as text, one a line; empty when the data fits. */
export function faults(validate: ValidateFunction, data: unknown): readonly string[] {
  if (validate(data)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The member at a path of names and positions; undefined where it ends. */
export function at(data: unknown, ...steps: readonly (string | number)[]): unknown {
  return steps.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], data);
}

/** A member that must be text. */
export function text(data: unknown, ...steps: readonly (string | number)[]): string {
  const value = at(data, ...steps);
  if (typeof value !== 'string') throw new Error(`${steps.join('.')} is no text`);
  return value;
}
