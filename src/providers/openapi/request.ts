/** From a tool's input to the request of its operation: where each part goes and how it is written. */
import type { Json, JsonObject, JsonSchema } from '../../plan/json';
import { isObject, own } from '../../plan/json';
import { OmniError } from '../../plan/problem';
import type { HttpRequest, RawContent } from '../http/client';
import { objectOf, text, type Operation } from './document';
import { jsonSchema } from './schema';

type Place = 'path' | 'query' | 'header';

interface Parameter {
  /** In the tool's input. */
  readonly field: string;
  readonly name: string;
  readonly place: Place;
  readonly required: boolean;
  readonly explode: boolean;
  readonly deep: boolean;
  readonly schema: JsonSchema;
}

interface Body {
  readonly kind: 'json' | 'form' | 'bytes' | 'text';
  /** More than one: the input `mediaType` chooses. */
  readonly mediaTypes: readonly string[];
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** How an operation is asked. */
export interface Asking {
  readonly input: JsonSchema;
  request(input: JsonObject): Pick<HttpRequest, 'method' | 'path' | 'headers' | 'body' | 'content'>;
}

/** Said by the document, but not decided by who calls: authentication and the media types are. */
const OURS = new Set(['accept', 'content-type', 'authorization']);

/** A text says why it cannot be asked. */
export function askingOf(operation: Operation, root: JsonObject): Asking | string {
  if (!operation.path.startsWith('/')) return 'its path does not begin with a slash';
  const body = bodyOf(operation, root);
  if (typeof body === 'string') return body;
  const parameters = parametersOf(operation, root);
  if (typeof parameters === 'string') return parameters;
  const choice = (body?.mediaTypes.length ?? 0) > 1;
  const properties: Record<string, JsonSchema> = {};
  for (const { field, schema } of parameters) properties[field] = schema;
  if (body !== undefined) properties['body'] = body.schema;
  if (body !== undefined && choice) properties['mediaType'] = { type: 'string', enum: body.mediaTypes };
  const required = [
    ...parameters.filter((parameter) => parameter.required).map(({ field }) => field),
    ...(body?.required === true ? ['body', ...(choice ? ['mediaType'] : [])] : []),
  ];
  return {
    input: { type: 'object', properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false },
    request(input) {
      const of = (place: Place): readonly (readonly [Parameter, Json])[] =>
        parameters.flatMap((one) =>
          one.place === place && own(input, one.field) != null ? [[one, input[one.field] as Json]] : [],
        );
      const path = of('path').reduce(
        (so, [{ name }, value]) => so.replaceAll(`{${name}}`, segment(name, value)),
        operation.path,
      );
      const query = new URLSearchParams(
        of('query').flatMap(([parameter, value]) => queryPairs(parameter, value)),
      ).toString();
      return {
        method: operation.method,
        path: query === '' ? path : `${path}?${query}`,
        headers: Object.fromEntries(of('header').map(([{ name }, value]) => [name, headerValue(name, value)])),
        ...(body === undefined ? {} : contentOf(body, input)),
      };
    },
  };
}

function parametersOf({ parameters, path }: Operation, root: JsonObject): readonly Parameter[] | string {
  const found: Parameter[] = [];
  const names = parameters.map((parameter) => text(parameter['name']) ?? '');
  for (const [index, parameter] of parameters.entries()) {
    const place = text(parameter['in']);
    const name = names[index] ?? '';
    const required = place === 'path' || parameter['required'] === true;
    if (place === 'header' && OURS.has(name.toLowerCase())) continue;
    if (place !== 'path' && place !== 'query' && place !== 'header') {
      if (required) return `it needs ${name} as a ${place}`;
      continue;
    }
    const lone = names.indexOf(name) === names.lastIndexOf(name) && name !== 'body' && name !== 'mediaType';
    const schema = jsonSchema(parameter['schema'] ?? {}, root, 'input');
    const description = text(parameter['description']);
    found.push({
      field: lone ? name : `${place}_${name}`,
      name,
      place,
      required,
      explode: parameter['explode'] !== false,
      deep: parameter['style'] === 'deepObject',
      schema: { ...schema, ...(description === undefined ? {} : { description }) },
    });
  }
  const open = [...path.matchAll(/\{([^}]+)\}/g)].find(
    ([, name]) => !found.some((one) => one.place === 'path' && one.name === name),
  );
  return open === undefined ? found : `its path has ${open[0]}, which the document does not describe`;
}

function bodyOf({ body }: Operation, root: JsonObject): Body | string | undefined {
  if (body === undefined) return undefined;
  const content = objectOf(body['content']);
  const types = Object.keys(content);
  const required = body['required'] === true;
  const schemaOf = (type: string): JsonSchema => jsonSchema(own(content[type], 'schema') ?? {}, root, 'input');
  const json = types.find(isJson);
  if (json !== undefined) return { kind: 'json', mediaTypes: [json], required, schema: schemaOf(json) };
  const form = types.find((type) => type === 'application/x-www-form-urlencoded');
  if (form !== undefined) return { kind: 'form', mediaTypes: [form], required, schema: schemaOf(form) };
  if (types.some((type) => type.startsWith('text/') && type !== 'text/*'))
    return {
      kind: 'text',
      mediaTypes: types.filter((type) => type.startsWith('text/')),
      required,
      schema: { type: 'string' },
    };
  if (types.length === 0 || types.some((type) => type.startsWith('multipart/') || type.includes('*')))
    return `its body is ${types.join(', ') || 'not described'}`;
  const description = 'The bytes, base64 encoded.';
  return {
    kind: 'bytes',
    mediaTypes: types,
    required,
    schema: { type: 'string', contentEncoding: 'base64', description },
  };
}

export const isJson = (mediaType: string): boolean => /^application\/([\w.+-]+\+)?json\b/i.test(mediaType);

function contentOf({ kind, mediaTypes }: Body, input: JsonObject): Pick<HttpRequest, 'body' | 'content'> {
  const value = own(input, 'body');
  if (value === undefined) return {};
  if (kind === 'json') return { body: value };
  if (kind === 'form') {
    const form = new URLSearchParams();
    for (const [key, one] of Object.entries(objectOf(value))) for (const part of listed(one)) form.append(key, part);
    return { content: form };
  }
  const given = text(value) ?? '';
  const bytes = kind === 'text' ? given : Buffer.from(given, 'base64');
  const mediaType = text(own(input, 'mediaType')) ?? mediaTypes[0] ?? 'application/octet-stream';
  return { content: { mediaType, bytes } satisfies RawContent };
}

/** A value that is a segment by itself: no slash gets through, and none of those that lead to another path. */
function segment(name: string, value: Json): string {
  const written = listed(value).map(encodeURIComponent).join(',');
  if (written === '' || written === '.' || written === '..')
    throw new OmniError('validation', `${name} cannot be a part of the path. Check the step's input.`);
  return written;
}

function queryPairs({ name, explode, deep }: Parameter, value: Json): readonly [string, string][] {
  if (isObject(value))
    return Object.entries(value).flatMap(([key, one]) =>
      listed(one).map((part): [string, string] => [deep ? `${name}[${key}]` : key, part]),
    );
  if (!Array.isArray(value) || explode) return listed(value).map((part) => [name, part]);
  return [[name, listed(value).join(',')]];
}

function headerValue(name: string, value: Json): string {
  const written = listed(value).join(',');
  if (/^[\x20-\x7e]*$/.test(written)) return written;
  throw new OmniError('validation', `${name} holds characters that no header can carry. Check the step's input.`);
}

function listed(value: Json): readonly string[] {
  const write = (one: Json): string => (typeof one === 'object' ? JSON.stringify(one) : String(one));
  return Array.isArray(value) ? (value as readonly Json[]).map(write) : [write(value)];
}
