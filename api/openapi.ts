/** The OpenAPI 3.1 document, made from the declarations that the routes validate with. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { PROBLEM_MEDIA_TYPE } from './problem';
import { SESSION_COOKIE } from './authenticate';
import type { Route } from './route';
import { accessOf } from './route';
import { ProblemSchema } from './schemas';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

/** Problems that any route may answer with, beside what it declares. */
const ALWAYS: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `errors` points at each fault',
  421: 'The server is not known under the name in `Host`',
  429: 'Too many requests of this class; `Retry-After` says when to go on',
  431: 'The address and the headers are larger than 16 kB together',
  500: 'Something of ours failed',
};

export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  for (const route of routes) registry.registerPath(describe(route));
  registry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key (`omni_…`), or a token of the trusted issuer',
  });
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'MCP Orchestrator', version, description: 'Durable workflows written in YAML and run by Temporal.' },
    servers: [{ url: '/' }],
  });
}

function describe(route: Route): Parameters<OpenAPIRegistry['registerPath']>[0] {
  const { method, path, summary, tag, params, query, headers, body } = route;
  return {
    method,
    path,
    summary,
    tags: [tag],
    operationId: operationId(route),
    description: accessText(route),
    security: accessOf(route) === 'public' ? [] : [{ key: [] }, { session: [] }],
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined
        ? {}
        : {
            body: {
              required: body.optional !== true,
              content: Object.fromEntries(body.mediaTypes.map((type) => [type, { schema: body.schema }])),
            },
          }),
    },
    responses: { ...problems(route), ...answers(route) },
  };
}

/** `post /workflows/{name}/execute` becomes `postWorkflowsNameExecute`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function accessText(route: Route): string {
  const access = accessOf(route);
  return access === 'public' ? 'Needs no key.' : `Needs the permission \`${access}\`.`;
}

/** Of every route that is not public. */
const OF_CALLERS: Readonly<Record<number, string>> = {
  401: 'No key was sent, or one that is not good',
  403: 'The caller lacks the permission, or a page of another site asks for a change',
  429: 'Too many wrong keys came from here',
  503: 'A part that is needed does not answer',
};

function problems(route: Route): Record<number, object> {
  const own =
    route.body === undefined
      ? {}
      : {
          408: 'The body was not complete in time',
          413: 'The body is too large, or has too many keys',
          415: 'The body is of a type not taken here',
        };
  const described: Readonly<Record<number, string>> = {
    ...ALWAYS,
    ...(route.method === 'get' ? {} : { 403: 'A page of another site asks for it' }),
    ...(accessOf(route) === 'public' ? {} : OF_CALLERS),
    ...own,
  };
  return Object.fromEntries(
    Object.entries(described).map(([status, description]) => [
      status,
      { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: ProblemSchema } } },
    ]),
  );
}

function answers(route: Route): Record<number, { description: string }> {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, mediaType }]) => [
      status,
      Number(status) >= 400
        ? { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: schema ?? ProblemSchema } } }
        : {
            description,
            ...(schema === undefined ? {} : { content: { [mediaType ?? 'application/json']: { schema } } }),
          },
    ]),
  );
}
