import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider, keyless } from './echo-tools';

let door: Door;
let document: Answer['body'];
beforeAll(async () => {
  door = await openDoor({ providers: [echoProvider(), keyless], contracts: ECHO_CONTRACTS, definitions: DEFINITIONS });
  document = (await door.ask('GET', '/openapi.json')).body;
});
afterAll(() => door.close());

/** Faults of an answer against what the document says of it. */
function faults(address: string, method: string, answer: Answer): unknown {
  const declared = document.paths[address][method].responses[answer.status];
  if (declared === undefined) return `${answer.status} is not declared`;
  const media = answer.headers.get('content-type')?.split(';')[0] ?? '';
  const schema = declared.content?.[media]?.schema;
  if (schema === undefined) return `${media} is not declared`;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'doc', ...document });
  const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/')) as object);
  check(answer.body);
  return check.errors ?? 'none';
}

describe('the OpenAPI document', () => {
  test('is 3.1 and lists every address with its method', () => {
    expect(document.openapi).toBe('3.1.0');
    const listed = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(listed.sort()).toEqual(
      [
        'delete /monitoring/alerts/{id}',
        'delete /session',
        'get /monitoring/alerts',
        'get /monitoring/alerts/{id}',
        'get /monitoring/alerts/{id}/history',
        'post /monitoring/alert-checks',
        'post /monitoring/alerts',
        'post /monitoring/alerts/{id}/silence',
        'get /agent-tasks',
        'get /agent-tasks/{id}',
        'post /agent-tasks',
        'post /agent-tasks/{id}/cancel',
        'get /keys',
        'get /keys/{id}',
        'get /session',
        'post /keys',
        'post /keys/{id}/revoke',
        'post /session',
        'get /workflows',
        'get /workflows/{name}',
        'put /workflows/{name}',
        'get /workflows/{name}/graph',
        'get /workflows/{name}/tree',
        'post /validations',
        'get /workflows/{name}/versions',
        'get /workflows/{name}/schedules',
        'post /workflows/{name}/schedules/pause',
        'post /workflows/{name}/schedules/resume',
        'post /workflows/{name}/schedules/trigger',
        'get /schedules',
        'post /hooks/{id}',
        'post /workflows/{name}/execute',
        'get /executions',
        'get /executions/{id}',
        'get /executions/{id}/steps/{path}',
        'get /executions/{id}/history',
        'get /executions/{id}/events',
        'get /executions/{id}/tree',
        'get /executions/{id}/blobs/{hash}',
        'post /executions/{id}/signals/{signal}',
        'post /executions/{id}/cancel',
        'post /executions/{id}/pause',
        'post /executions/{id}/resume',
        'post /executions/{id}/rerun',
        'post /executions/{id}/terminate',
        'post /executions/bulk/cancel',
        'post /executions/bulk/purge',
        'post /executions/{id}/purge',
        'post /events',
        'post /codec/decode',
        'post /codec/encode',
        'get /tasks',
        'get /tasks/{id}',
        'post /tasks/{id}/answer',
        'post /tasks/{id}/delegate',
        'get /agents',
        'post /agents',
        'get /agents/{id}',
        'post /agents/{id}/status',
        'get /agent-metrics',
        'get /agents/{id}/messages',
        'get /agents/{id}/messages/{messageId}',
        'post /agents/{id}/messages',
        'post /agents/{id}/messages/{messageId}/answer',
        'get /tools',
        'get /tools/{category}/{action}',
        'post /tools/{category}/{action}/{provider}',
        'get /config/feature-flags',
        'get /config/feature-flags/{name}',
        'post /config/feature-flags/{name}',
        'get /config/feature-flags/{name}/versions',
        'post /config/feature-flags/{name}/undo',
        'get /config/sections',
        'get /config/{section}',
        'get /config/{section}/{key}',
        'put /config/{section}/{key}',
        'post /config/{section}/{key}',
        'get /config/{section}/{key}/versions',
        'post /config/{section}/{key}/undo',
        'get /audit',
        'get /audit/verify',
        'get /servers',
        'get /servers/{name}',
        'get /healthz',
        'get /readyz',
        'get /metrics',
        'get /monitoring/dashboard',
        'get /monitoring/metrics',
        'get /monitoring/traces',
        'get /monitoring/traces/{traceId}',
        'get /openapi.json',
        'get /schemas/definition.json',
        'get /schemas/scenarios.json',
      ].sort(),
    );
  });

  test('and docs/api.md list the same addresses', () => {
    const guide = readFileSync(path.join(__dirname, '../../docs/api.md'), 'utf8');
    const told = [...guide.matchAll(/^\| (`(?:GET|PUT|POST|DELETE) [^|]+)\|/gm)].flatMap(([, cell = '']) => {
      const method = /`(\w+)/.exec(cell)?.[1]?.toLowerCase() ?? '';
      const paths = [...cell.matchAll(/(\/[^`?\s]*)/g)].map(([, one = '']) => one.replaceAll(/:(\w+)/g, '{$1}'));
      return paths.map((one) => `${method} ${one}`);
    });
    const listed = Object.entries(document.paths as Record<string, object>).flatMap(([one, methods]) =>
      Object.keys(methods).map((method) => `${method} ${one}`),
    );
    expect([...told, 'get /openapi.json'].sort()).toEqual(listed.sort());
  });

  test('has no reference that leads nowhere', () => {
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(document.components.schemas).toHaveProperty(name ?? '');
  });

  test('says of real answers what they are', async () => {
    const run = await door.ask(
      'POST',
      '/workflows/greeter/execute',
      { payload: { userId: 'u', text: 't' } },
      { Prefer: 'wait=30' },
    );
    const id = (run.body as { executionId: string }).executionId;
    const seen: [string, string, Answer][] = [
      ['/workflows/{name}/execute', 'post', run],
      [
        '/workflows/{name}/execute',
        'post',
        await door.ask('POST', '/workflows/greeter/execute', { payload: { userId: 'u', text: 't' } }),
      ],
      ['/workflows/{name}/execute', 'post', await door.ask('POST', '/workflows/greeter/execute', {})],
      ['/workflows/{name}/execute', 'post', await door.ask('POST', '/workflows/none/execute', {})],
      ['/workflows', 'get', await door.ask('GET', '/workflows')],
      ['/workflows/{name}', 'get', await door.ask('GET', '/workflows/greeter')],
      ['/workflows/{name}', 'get', await door.ask('GET', '/workflows/broken')],
      ['/workflows/{name}', 'put', await door.ask('PUT', `/workflows/x${randomUUID()}`, { definition: 'name: x' })],
      ['/executions', 'get', await door.ask('GET', '/executions')],
      ['/executions/{id}', 'get', await door.ask('GET', `/executions/${id}`)],
      ['/executions/{id}/steps/{path}', 'get', await door.ask('GET', `/executions/${id}/steps/say`)],
      ['/executions/{id}/history', 'get', await door.ask('GET', `/executions/${id}/history`)],
      ['/executions/{id}/cancel', 'post', await door.ask('POST', `/executions/${id}/cancel`)],
      ['/tools', 'get', await door.ask('GET', '/tools')],
      [
        '/tools/{category}/{action}/{provider}',
        'post',
        await door.ask('POST', '/tools/echo/say/echo', { input: { text: 'x' } }),
      ],
      [
        '/tools/{category}/{action}/{provider}',
        'post',
        await door.ask('POST', '/tools/echo/break/echo', { input: {} }),
      ],
      ['/servers', 'get', await door.ask('GET', '/servers')],
      ['/monitoring/dashboard', 'get', await door.ask('GET', '/monitoring/dashboard')],
      ['/healthz', 'get', await door.ask('GET', '/healthz')],
      ['/readyz', 'get', await door.ask('GET', '/readyz')],
      ['/openapi.json', 'get', await door.ask('GET', '/openapi.json')],
    ];
    for (const [address, method, answer] of seen)
      expect([address, answer.status, faults(address, method, answer)]).toEqual([address, answer.status, 'none']);
  });
});

describe('the reference page', () => {
  test('needs nothing from elsewhere', async () => {
    const asked = await fetch(`${door.url}/docs`, { headers: door.authorization });
    // Its parts have relative addresses.
    expect(asked.url).toBe(`${door.url}/docs/`);
    const page = await door.ask('GET', '/docs/');
    expect(page.status).toBe(200);
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(loaded.filter((address) => /^(https?:)?\/\//.test(address))).toEqual([]);
    const scripts = loaded.filter((address) => address.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of scripts) {
      const { status, headers } = await door.ask('GET', new URL(script, `${door.url}/docs/`).pathname);
      expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('javascript')]);
    }
    const init = await door.ask('GET', '/docs/swagger-ui-init.js');
    expect(init.text).toContain('/openapi.json');
  });
});
