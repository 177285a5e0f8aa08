/** An OpenAPI document from a file: its operations with all references followed. */
import { existsSync, readFileSync } from 'node:fs';
import { plainYaml } from '../../language/plain-yaml';
import { resolveReference } from '../../language/json-schema';
import type { Json, JsonObject } from '../../plan/json';
import { isObject, own } from '../../plan/json';
import { OmniError } from '../../plan/problem';

export interface OpenApiDocument {
  readonly root: JsonObject;
  readonly title: string;
  /** Of the first server; without a slash at its end. */
  readonly serverUrl?: string;
  readonly operations: readonly Operation[];
}

export interface Operation {
  /** As the document names it, else made of method and path. */
  readonly id: string;
  readonly method: Method;
  /** With its parameters in braces. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly JsonObject[];
  readonly body?: JsonObject;
  /** By status. */
  readonly responses: Readonly<Record<string, JsonObject>>;
  /** Names of security schemes: any of the lists will do, and of it all are needed. */
  readonly security: readonly (readonly string[])[];
}

export type Method = (typeof METHODS)[number];

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Throws `validation` for anything but a document of OpenAPI 3. */
export function readDocument(file: string): OpenApiDocument {
  if (!existsSync(file)) throw new OmniError('validation', `The setting tools names ${file}, which is no file.`);
  const root = plainYaml(readFileSync(file, 'utf8'));
  const version = own(root, 'openapi');
  if (!isObject(root) || typeof version !== 'string' || !version.startsWith('3.'))
    throw new OmniError('validation', `${file} is no document of OpenAPI 3. Older ones can be converted to it.`);
  const servers = own(root, 'servers');
  const url = own(Array.isArray(servers) ? (servers[0] as Json) : undefined, 'url');
  return {
    root,
    title: text(own(own(root, 'info'), 'title')) ?? file,
    ...(typeof url === 'string' && URL.canParse(url) ? { serverUrl: url.replace(/\/+$/, '') } : {}),
    operations: Object.entries(objectOf(own(root, 'paths'))).flatMap(([path, item]) =>
      METHODS.flatMap((method) => operationOf(root, { path, item: follow(root, item), method }) ?? []),
    ),
  };
}

interface Place {
  readonly path: string;
  readonly item: JsonObject;
  readonly method: Method;
}

function operationOf(root: JsonObject, { path, item, method }: Place): Operation | undefined {
  const operation = own(item, method.toLowerCase());
  if (!isObject(operation)) return undefined;
  const id = text(own(operation, 'operationId')) ?? `${method.toLowerCase()}${path.replace(/[^\w]+/g, '-')}`;
  // What the operation says of a parameter wins over what the path says of it.
  const parameters = new Map(
    [...listOf(own(item, 'parameters')), ...listOf(own(operation, 'parameters'))]
      .map((parameter) => follow(root, parameter))
      .map((parameter) => [`${text(parameter['in'])} ${text(parameter['name'])}`, parameter]),
  );
  const body = own(operation, 'requestBody');
  return {
    id,
    method,
    path,
    title: text(own(operation, 'summary')) ?? id,
    description: text(own(operation, 'description')) ?? text(own(operation, 'summary')) ?? id,
    parameters: [...parameters.values()],
    ...(body === undefined ? {} : { body: follow(root, body) }),
    responses: Object.fromEntries(
      Object.entries(objectOf(own(operation, 'responses'))).map(([status, one]) => [status, follow(root, one)]),
    ),
    security: listOf(own(operation, 'security') ?? own(root, 'security')).map((one) => Object.keys(objectOf(one))),
  };
}

/** What a reference leads to, however many there are in a row. */
export function follow(root: Json, value: Json | undefined, depth = 0): JsonObject {
  const reference = own(value, '$ref');
  if (typeof reference !== 'string' || depth > 10) return objectOf(value);
  return follow(root, resolveReference(root, reference), depth + 1);
}

export const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
