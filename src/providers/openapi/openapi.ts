/** An OpenAPI document as a provider: one tool per operation, called through the house client. */
import type { Environment } from '../../config';
import type { OpenApiSource } from '../../config/shapes';
import { schemaType } from '../../language/schema-type';
import { schemaFault } from '../../language/validate';
import type { Json, JsonObject, JsonSchema } from '../../plan/json';
import { own } from '../../plan/json';
import { OmniError } from '../../plan/problem';
import type { CallContext, Provider, ProviderTool, ToolContract } from '../../tools/tool';
import { createHttp, type HttpClient } from '../http/client';
import type { Door } from '../http/door';
import { garbage, type FarSide } from '../http/http-error';
import { fillVariables } from '../variables';
import { credentials, type Credentials } from './credentials';
import { objectOf, type OpenApiDocument, type Operation } from './document';
import { askingOf, isJson, type Asking } from './request';
import { jsonSchema } from './schema';

export interface OpenApiSettings {
  readonly name: string;
  readonly source: OpenApiSource;
  readonly variables: Environment;
  readonly door: Door;
}

export interface OpenApiTools {
  readonly provider: Provider;
  readonly contracts: readonly ToolContract[];
  /** Why operations are no tools. */
  readonly refused: readonly string[];
}

/** What comes back: parsed JSON, or the bytes of anything else. */
interface Answering {
  readonly output: JsonSchema;
  readonly json: boolean;
}

const BYTES: JsonSchema = {
  type: 'object',
  properties: { mediaType: { type: 'string' }, data: { type: 'string', contentEncoding: 'base64' } },
  required: ['mediaType', 'data'],
};

export function openApiTools(document: OpenApiDocument, settings: OpenApiSettings): OpenApiTools {
  const { name, source, variables, door } = settings;
  const far: FarSide = {
    provider: name,
    keyVariable: `the auth of ${name} in the setting tools`,
    baseUrlVariable: `the baseUrl of ${name} in the setting tools`,
  };
  const baseUrl = (source.baseUrl ?? document.serverUrl)?.replace(/\/+$/, '');
  const { filled, absent } = fillVariables(source.auth, variables);
  const granted = credentials(document.root, filled);
  const missing = typeof granted === 'string' ? granted : absent.length > 0 ? `set ${absent.join(' and ')}` : undefined;
  const unconfigured = baseUrl === undefined ? `give ${far.baseUrlVariable}` : missing;
  // A base URL that only the document names is somebody else's word: the guarded way.
  const http = createHttp({
    ...far,
    baseUrl: baseUrl ?? '',
    trusted: source.baseUrl !== undefined,
    door,
    headers: {},
    now: Date.now,
  });
  const contracts = new Map<string, ToolContract>();
  const tools: Record<string, ProviderTool> = {};
  const refused: string[] = [];
  for (const operation of document.operations) {
    if (source.include?.includes(operation.id) === false) continue;
    const made = toolOf(operation, {
      document,
      settings,
      http,
      far,
      granted: typeof granted === 'string' ? {} : granted,
    });
    if (typeof made === 'string') refused.push(`${operation.id}: ${made}`);
    else if (contracts.has(made.contract.name)) refused.push(`${operation.id}: another operation bears the same name`);
    else {
      contracts.set(made.contract.name, made.contract);
      tools[made.contract.name] =
        unconfigured === undefined ? made.call : () => Promise.reject(uncallable(name, unconfigured));
    }
  }
  const provider: Provider = {
    name,
    title: document.title,
    variables: [],
    ...(unconfigured === undefined ? {} : { unconfigured }),
    tools,
    limits: { concurrent: 20 },
  };
  return { provider, contracts: [...contracts.values()], refused };
}

interface ToolParts {
  readonly document: OpenApiDocument;
  readonly settings: OpenApiSettings;
  readonly http: HttpClient;
  readonly far: FarSide;
  readonly granted: Credentials;
}

function toolOf(operation: Operation, parts: ToolParts): { contract: ToolContract; call: ProviderTool } | string {
  const { document, settings, granted } = parts;
  const { source, name: category } = settings;
  const terms = Object.hasOwn(source.tools, operation.id) ? source.tools[operation.id] : undefined;
  try {
    const asking = askingOf(operation, document.root);
    if (typeof asking === 'string') return asking;
    const answering = answeringOf(operation, document.root);
    for (const schema of [asking.input, answering.output])
      if (schemaFault(schema) !== undefined) return 'its schema cannot be used';
    const needed = operation.security;
    const scheme = needed.length === 0 ? [] : needed.find((names) => names.every((one) => Object.hasOwn(granted, one)));
    if (scheme === undefined) return `it wants ${needed.map((names) => names.join(' and ')).join(', or ')} in auth`;
    return {
      contract: {
        name: `${category}.${operation.id.replace(/[^A-Za-z0-9_-]/g, '-')}`,
        title: operation.title,
        description: operation.description,
        category,
        input: schemaType(asking.input),
        output: schemaType(answering.output),
        idempotent: terms?.idempotent ?? (operation.method === 'GET' ? 'natural' : 'none'),
        placement: 'remote',
        timeoutMs: terms?.timeoutMs ?? source.timeoutMs,
      },
      call: callOf({ asking, answering, scheme }, parts),
    };
  } catch (error) {
    if (error instanceof OmniError) return error.message;
    throw error;
  }
}

interface Exchange {
  readonly asking: Asking;
  readonly answering: Answering;
  /** Names of the security schemes that the request satisfies. */
  readonly scheme: readonly string[];
}

function callOf({ asking, answering, scheme }: Exchange, { http, far, granted }: ToolParts): ProviderTool {
  return async (input: JsonObject, { signal, timeoutMs, idempotencyKey }: CallContext) => {
    const request = asking.request(input);
    const keys = scheme.map((name) => granted[name] ?? {});
    const query = new URLSearchParams(
      Object.assign({}, ...keys.map((one) => one.query ?? {})) as Record<string, string>,
    ).toString();
    const reply = await http.send({
      ...request,
      path: query === '' ? request.path : `${request.path}${request.path.includes('?') ? '&' : '?'}${query}`,
      headers: {
        ...request.headers,
        ...(Object.assign({}, ...keys.map((one) => one.headers ?? {})) as Record<string, string>),
      },
      signal,
      timeoutMs,
      accepts: '',
      ...(request.method === 'GET' ? {} : { idempotencyKey }),
    });
    const mediaType = reply.headers.get('content-type') ?? '';
    if (!answering.json && !isJson(mediaType))
      return { output: reply.bytes.length === 0 ? null : { mediaType, data: reply.bytes.toString('base64') } };
    try {
      return { output: JSON.parse(reply.bytes.toString('utf8')) as Json };
    } catch {
      throw garbage(far, `${request.method} ${request.path.split('?')[0]}`, 'it is not JSON');
    }
  };
}

/** The answers of all 2xx together. */
function answeringOf({ responses }: Operation, root: JsonObject): Answering {
  const good = Object.entries(responses).filter(([status]) => /^2/.test(status));
  const contents = good.map(([, response]) => Object.entries(objectOf(response['content'])));
  const schemas = contents.flatMap((content) => {
    const found = content.find(([mediaType]) => isJson(mediaType));
    return found === undefined ? [] : [jsonSchema(own(found[1], 'schema') ?? {}, root, 'output')];
  });
  const [first] = schemas;
  if (first !== undefined && schemas.length === good.length)
    return { json: true, output: schemas.length === 1 ? first : { anyOf: schemas } };
  if (first === undefined && contents.some((content) => content.length > 0)) return { json: false, output: BYTES };
  return { json: false, output: {} };
}

function uncallable(provider: string, unconfigured: string): OmniError {
  return new OmniError('authentication', `${provider} cannot be called: ${unconfigured}.`, { provider });
}
