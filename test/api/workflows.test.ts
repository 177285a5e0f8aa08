import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider, keyless } from './echo-tools';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [echoProvider(), keyless], contracts: ECHO_CONTRACTS, definitions: DEFINITIONS });
});
afterAll(() => door.close());

const yaml = (version: string, word: string): string => `
name: Published
version: ${version}
steps:
  - { name: say, tool: echo.say, provider: echo|keyless, input: { text: ${word} } }
`;
const put = (id: string, text: string, tag?: string): Promise<Answer> =>
  door.ask('PUT', `/workflows/${id}`, text, {
    'Content-Type': 'application/yaml',
    ...(tag === undefined ? {} : { 'If-Match': tag }),
  });

describe('definitions', () => {
  test('are listed with their origin, broken ones too', async () => {
    const { body } = await door.ask('GET', '/workflows');
    const mine = body.workflows.filter(({ file }: { file?: string }) => file !== undefined);
    expect(mine.map(({ id, startable }: Answer['body']) => [id, startable])).toEqual([
      ['breaker', true],
      ['broken', false],
      ['greeter', true],
      ['sleeper', true],
    ]);
    expect(mine[2]).toMatchObject({
      name: 'Greeter',
      version: '1.0.0',
      origin: 'file',
      file: 'greeter.yaml',
      links: { execute: '/workflows/greeter/execute' },
    });
  });

  test('tell input, output, steps and providers', async () => {
    const { body } = await door.ask('GET', '/workflows/greeter');
    expect(body.input).toMatchObject({ type: 'object', required: ['userId', 'text'] });
    expect(body.output).toMatchObject({
      type: 'object',
      properties: { said: { type: 'string' }, length: { type: 'number' } },
    });
    expect(body.steps).toEqual([
      { path: 'say', name: 'say', kind: 'tool', description: 'Says it', tool: 'echo.say', providers: ['echo'] },
    ]);
    expect(body.text).toContain('name: Greeter');
  });

  test('with errors show each of them with its place', async () => {
    const { body } = await door.ask('GET', '/workflows/broken');
    expect(body.diagnostics[0]).toMatchObject({
      file: 'broken.yaml',
      severity: 'error',
      line: 5,
      suggestion: 'echo.say',
    });
  });

  test('are drawn as Mermaid', async () => {
    const { headers, text } = await door.ask('GET', '/workflows/greeter/graph');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/^flowchart/m);
    expect(text).toContain('say');
  });
});

describe('publishing', () => {
  test('YAML makes it startable at once', async () => {
    const id = `published-${randomUUID()}`;
    const { status, body } = await put(id, yaml('1.0.0', 'first'));
    expect([status, body.id, body.origin, body.version]).toEqual([200, id, 'published', '1.0.0']);
    const run = await door.ask('POST', `/workflows/${id}/execute`, {}, { Prefer: 'wait=30' });
    expect(run.body).toMatchObject({ status: 'completed', output: { text: 'first' } });
  });

  test('an object inside JSON works alike', async () => {
    const id = `published-${randomUUID()}`;
    const definition = {
      name: 'Object',
      version: '1.0.0',
      steps: [{ name: 'say', tool: 'echo.say', provider: 'echo', input: { text: 'x' } }],
    };
    expect((await door.ask('PUT', `/workflows/${id}`, { definition })).status).toBe(200);
  });

  test('a higher version counts from then on; a lower or changed one is 409', async () => {
    const id = `published-${randomUUID()}`;
    await put(id, yaml('1.9.0', 'a'));
    expect((await put(id, yaml('1.10.0', 'b'))).body.version).toBe('1.10.0');
    expect((await put(id, yaml('1.9.5', 'c'))).status).toBe(409);
    expect((await put(id, yaml('1.10.0', 'c'))).status).toBe(409);
    expect((await put(id, yaml('1.10.0', 'b'))).status).toBe(200);
  });

  test('on top of what was read, and not of what has come since: the tag says which', async () => {
    const id = `published-${randomUUID()}`;
    const { headers } = await put(id, yaml('1.0.0', 'a'));
    const tag = headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]{43}"$/);
    expect((await door.ask('GET', `/workflows/${id}`)).headers.get('etag')).toBe(tag);
    const late = await Promise.all(['1.1.0', '1.2.0', '1.3.0'].map((version) => put(id, yaml(version, version), tag)));
    expect(late.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    expect((await put(id, yaml('2.0.0', 'b'), tag)).body.detail).toContain('changed since');
    expect((await put(id, yaml('2.0.0', 'b'), '*')).status).toBe(200);
    expect((await put(`published-${randomUUID()}`, yaml('1.0.0', 'b'), tag)).status).toBe(412);
  });

  test('a definition with errors is 422 with all diagnostics, and nothing changes', async () => {
    const id = `published-${randomUUID()}`;
    const { status, body } = await put(
      id,
      'name: Bad\nversion: 1.0.0\nsteps:\n  - { name: a, tool: echo.sai }\n  - { name: a, tool: nope.none }\n',
    );
    expect([status, body.type]).toEqual([422, 'validation']);
    expect(body.diagnostics.length).toBeGreaterThanOrEqual(2);
    expect(body.diagnostics[0]).toEqual(
      expect.objectContaining({ line: expect.any(Number), column: expect.any(Number), source: expect.any(String) }),
    );
    expect((await door.ask('GET', `/workflows/${id}`)).status).toBe(404);
  });

  test('under a name that is not its own id is refused', async () => {
    const { status, body } = await put(
      'greeter',
      yaml('3.0.0', 'x').replace('name: Published', 'id: other\nname: Published'),
    );
    expect(status).toBe(422);
    expect(body.detail).toContain('other');
  });

  test("the platform's own ids are refused", async () => {
    for (const id of ['tool-call', 'constructor', 'default'])
      expect((await put(id, yaml('1.0.0', 'x'))).status).toBe(422);
  });
});

describe('what a page draws', () => {
  test('is the steps of a definition as a tree, and of an execution those that it runs', async () => {
    const { status, body } = await door.ask('GET', '/workflows/greeter/tree');
    expect([status, body.workflow, body.steps[0].lanes]).toEqual([200, 'greeter', []]);
    const started = await door.ask('POST', '/workflows/greeter/execute', {
      payload: { userId: 'ana', text: 'hello' },
    });
    expect(started.body).toMatchObject({ status: 'running' });
    const drawn = await door.ask('GET', `/executions/${started.body.executionId}/tree`);
    expect(drawn.body).toEqual(body);
    expect((await door.ask('GET', '/executions/nobody/tree')).status).toBe(404);
  });

  test('is also what a draft would be, with the places of its faults; nothing of it is kept', async () => {
    const definition = 'name: Draft\nversion: 1.0.0\nsteps:\n  - { name: a, set: { b: 1 } }\noutput: "${vars.c}"\n';
    const faulty = await door.ask('POST', '/validations', { definition });
    expect(faulty.body).toMatchObject({
      valid: false,
      diagnostics: expect.arrayContaining([expect.objectContaining({ line: 5, severity: 'error' })]),
    });
    const good = await door.ask('POST', '/validations', { definition: definition.replace('vars.c', 'vars.b') });
    expect(good.body).toMatchObject({ valid: true, id: 'draft', tree: { steps: [{ path: 'a' }] } });
    expect((await door.ask('GET', '/workflows/draft')).status).toBe(404);
  });
});
