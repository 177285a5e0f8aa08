/** OpenAPI documents as tools: a published one against a server made from it, and the ways in which a request is written. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenApiSource } from '../../../src/config/shapes';
import { contractSchema } from '../../../src/language/tool-types';
import type { Json, JsonObject } from '../../../src/plan/json';
import type { OmniError } from '../../../src/plan/problem';
import { createDoor } from '../../../src/providers/http/door';
import { addKnownTools } from '../../../src/providers/more-tools';
import { ToolRegistry } from '../../../src/tools/registry';
import { startFromDocument } from '../../stubs/from-document';
import type { Stub } from '../../stubs/stub';
import { toolConfig } from '../mcp/everything';

const FIREFLY = path.join(
  path.dirname(require.resolve('@adobe/firefly-apis/package.json')),
  'oas',
  'FFApiOpenApi3.json',
);

const IMAGES = {
  size: { width: 1024, height: 768 },
  outputs: [{ seed: 1, image: { url: 'https://images.example.com/1' } }],
};

const folder = mkdtempSync(path.join(tmpdir(), 'omni-openapi-'));
const door = createDoor({ allow: [], ownPorts: [] });
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

function registryOf(source: Partial<OpenApiSource> & { openapi: string }) {
  const registry = new ToolRegistry([], []);
  const warnings: string[] = [];
  const config = toolConfig(folder, [{ auth: {}, tools: {}, timeoutMs: 5_000, ...source }], {
    variables: { FIREFLY_ID: 'id-1', FIREFLY_TOKEN: 'hush-3' },
  });
  addKnownTools(registry, { config, door, warn: (text) => warnings.push(text) });
  return { registry, warnings };
}

async function call(registry: ToolRegistry, tool: string, input: JsonObject): Promise<Json> {
  const contract = registry.contract(tool);
  const found = registry.provider(tool.split('.')[0] ?? '')?.tools[tool];
  if (contract === undefined || found === undefined) throw new Error(`no ${tool}`);
  const signal = AbortSignal.timeout(5_000);
  const context = { signal, timeoutMs: 5_000, idempotencyKey: 'key-1', config: {}, caller: {} };
  const { output } = await found(contract.input.parse(input) as never, context);
  return contract.output.parse(output) as Json;
}

const refusal = (work: Promise<unknown>): Promise<OmniError> =>
  work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: OmniError) => error,
  );

describe('a published document', () => {
  let stub: Stub;
  beforeAll(async () => {
    stub = await startFromDocument(JSON.parse(readFileSync(FIREFLY, 'utf8')) as JsonObject, {
      answers: { generateImages: IMAGES },
      admits: ({ headers }) => headers['x-api-key'] === 'id-1' && headers.authorization === 'Bearer hush-3',
    });
  });
  afterAll(() => stub.close());
  const firefly = (fields: Partial<OpenApiSource> = {}) =>
    registryOf({
      openapi: FIREFLY,
      name: 'firefly',
      baseUrl: stub.origin,
      auth: { 'X-Api-Key': '${FIREFLY_ID}', AccessToken: '${FIREFLY_TOKEN}' },
      ...fields,
    });

  test('becomes a tool for each of its operations', () => {
    const { registry, warnings } = firefly();
    expect(warnings).toEqual([]);
    expect(registry.contracts().map(({ name }) => name)).toEqual([
      'firefly.generateImages',
      'firefly.generateVideoV3',
      'firefly.upload',
      'firefly.generateSimilarImages',
      'firefly.expandImage',
      'firefly.fillImage',
      'firefly.generateObjectComposite',
    ]);
    const contract = registry.contract('firefly.generateImages');
    const input = contract && contractSchema(contract.input, 'input');
    expect(input).toMatchObject({ required: ['body'], properties: { body: { type: 'object', required: ['prompt'] } } });
    expect(JSON.stringify(input)).not.toContain('$ref');
  });

  test('is called as it says, with both keys, and its answer fits what it promises', async () => {
    const { registry } = firefly();
    const output = await call(registry, 'firefly.generateImages', { body: { prompt: 'a lighthouse', seeds: [1] } });
    expect(output).toEqual(IMAGES);
    expect(stub.calls.at(-1)).toMatchObject({
      method: 'POST',
      path: '/v3/images/generate',
      body: { prompt: 'a lighthouse', seeds: [1] },
      idempotencyKey: 'key-1',
    });
  });

  test('takes bytes where it wants bytes, and headers where it names them', async () => {
    const { registry } = firefly();
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]);
    await call(registry, 'firefly.upload', { body: png.toString('base64'), mediaType: 'image/png' });
    expect(stub.calls.at(-1)?.raw).toEqual(png);
    expect(stub.calls.at(-1)?.headers['content-type']).toBe('image/png');
    const body = { prompt: 'waves' };
    await call(registry, 'firefly.generateVideoV3', { body, 'x-model-version': 'video1_standard' });
    expect(stub.calls.at(-1)?.headers['x-model-version']).toBe('video1_standard');
  });

  test('a wrong input, a wrong key and a missing one are told apart, without a secret', async () => {
    const { registry } = firefly();
    await expect(call(registry, 'firefly.generateImages', { body: { prompt: 5 } })).rejects.toThrow('prompt');
    const wrong = firefly({ auth: { 'X-Api-Key': 'id-2', AccessToken: '${FIREFLY_TOKEN}' } }).registry;
    const error = await refusal(call(wrong, 'firefly.generateImages', { body: { prompt: 'x' } }));
    expect(error.problem.type).toBe('authentication');
    expect(error.message).toContain('the auth of firefly');
    expect(JSON.stringify(error.problem)).not.toMatch(/hush-3|id-2/);
    const absent = firefly({ auth: { 'X-Api-Key': '${NOT_SET}', AccessToken: 'x' } }).registry;
    expect(absent.provider('firefly')?.unconfigured).toBe('set NOT_SET');
    const strange = firefly({ auth: { Password: 'x' } }).registry;
    expect(strange.provider('firefly')?.unconfigured).toContain('no security scheme Password');
  });

  test('without a base URL it is called where it says itself, by the guarded way', async () => {
    const file = path.join(folder, 'inner.json');
    const document = JSON.parse(readFileSync(FIREFLY, 'utf8')) as JsonObject;
    writeFileSync(file, JSON.stringify({ ...document, servers: [{ url: stub.origin }] }));
    const { registry } = registryOf({ openapi: 'inner.json', auth: { 'X-Api-Key': 'a', AccessToken: 'b' } });
    const error = await refusal(call(registry, 'inner.generateImages', { body: { prompt: 'x' } }));
    expect([error.problem.type, error.message]).toEqual(['policy', expect.stringContaining('OMNI_OUTGOING_ALLOW')]);
  });
});

describe('requests', () => {
  let server: Server;
  let baseUrl = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/bytes') return response.setHeader('content-type', 'image/gif').end('GIF89a');
        if (request.method === 'DELETE') return response.writeHead(204).end();
        const { method, url, headers } = request;
        const seen = { method, url, list: headers['x-list'], key: headers.authorization };
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ ...seen, body: Buffer.concat(chunks).toString(), type: headers['content-type'] }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(path.join(folder, 'echo.yaml'), ECHO);
  });
  afterAll(() => void server.close());
  const echo = (fields: Partial<OpenApiSource> = {}) =>
    registryOf({ openapi: 'echo.yaml', baseUrl, auth: { login: 'ann:pw' }, ...fields });

  test('put parameters in the path, the query and the headers, each in its style', async () => {
    const { registry, warnings } = echo();
    expect(warnings).toEqual([expect.stringContaining('form: its body is multipart/form-data')]);
    const output = await call(registry, 'echo.find', {
      path_id: 'a/b c',
      query_id: 7,
      tags: ['x', 'y'],
      ids: [1, 2],
      filter: { state: 'open' },
      'x-list': ['p', 'q'],
    });
    expect(output).toMatchObject({
      method: 'GET',
      url: '/things/a%2Fb%20c?id=7&tags=x&tags=y&ids=1%2C2&filter%5Bstate%5D=open',
      list: 'p,q',
      key: `Basic ${Buffer.from('ann:pw').toString('base64')}`,
    });
  });

  test('cannot be led to another path or another header', async () => {
    const { registry } = echo();
    for (const id of ['..', '.', '']) {
      const error = await refusal(call(registry, 'echo.find', { path_id: id }));
      expect(error.problem.type).toBe('validation');
    }
    const split = await refusal(call(registry, 'echo.find', { path_id: 'a', 'x-list': ['p\r\nx-evil: 1'] }));
    expect(split.problem.type).toBe('validation');
  });

  test('send forms; bytes and nothing come back as what they are', async () => {
    const { registry } = echo();
    expect(await call(registry, 'echo.save', { body: { a: 1, b: ['x', 'y'] } })).toMatchObject({
      body: 'a=1&b=x&b=y',
      type: expect.stringContaining('application/x-www-form-urlencoded'),
    });
    expect(await call(registry, 'echo.picture', {})).toEqual({
      mediaType: 'image/gif',
      data: Buffer.from('GIF89a').toString('base64'),
    });
    expect(await call(registry, 'echo.delete-things-id-', { id: 'a' })).toBeNull();
  });

  test('are repeated only where nothing comes of it, or the settings say so', () => {
    const terms = (registry: ToolRegistry, tool: string) => registry.contract(tool)?.idempotent;
    const { registry } = echo({ tools: { save: { idempotent: 'key' } } });
    expect(['echo.find', 'echo.save', 'echo.delete-things-id-'].map((tool) => terms(registry, tool))).toEqual([
      'natural',
      'key',
      'none',
    ]);
  });

  test('what is no document of OpenAPI 3 is refused by name', () => {
    writeFileSync(path.join(folder, 'old.json'), '{"swagger":"2.0"}');
    expect(() => registryOf({ openapi: 'old.json' })).toThrow('old.json is no document of OpenAPI 3');
    expect(() => registryOf({ openapi: 'absent.json' })).toThrow('absent.json, which is no file');
  });
});

const ECHO = `
openapi: 3.0.3
info: { title: Echo, version: '1' }
security: [{ login: [] }]
paths:
  /things/{id}:
    parameters: [{ $ref: '#/components/parameters/id' }]
    get:
      operationId: find
      parameters:
        - { name: id, in: query, schema: { type: integer } }
        - { name: tags, in: query, schema: { type: array, items: { type: string } } }
        - { name: ids, in: query, explode: false, schema: { type: array, items: { type: integer } } }
        - { name: filter, in: query, style: deepObject, schema: { type: object } }
        - { name: x-list, in: header, schema: { type: array, items: { type: string } } }
        - { name: Authorization, in: header, required: true, schema: { type: string } }
      responses: { '200': { $ref: '#/components/responses/seen' } }
    delete:
      responses: { '204': { description: gone } }
  /save:
    post:
      operationId: save
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object } } } }
      responses: { '200': { $ref: '#/components/responses/seen' } }
  /form:
    post:
      operationId: form
      requestBody: { content: { multipart/form-data: { schema: { type: object } } } }
      responses: { '204': { description: done } }
  /bytes:
    get:
      operationId: picture
      responses: { '200': { description: it, content: { image/gif: {} } } }
components:
  parameters:
    id: { name: id, in: path, required: true, schema: { type: string } }
  responses:
    seen:
      description: what was sent
      content:
        application/json:
          schema: { type: object, properties: { method: { type: string }, list: { type: string, nullable: true } } }
  securitySchemes:
    login: { type: http, scheme: basic }
`;
