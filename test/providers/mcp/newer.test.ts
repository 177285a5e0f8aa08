/** The protocol of 2026-07-28, by real servers that speak no older one, over stdio and over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { McpSource } from '../../../src/config/shapes';
import { createDoor } from '../../../src/providers/http/door';
import { addMoreTools } from '../../../src/providers/more-tools';
import { ToolRegistry } from '../../../src/tools/registry';
import { recordedTracing } from '../../tracing/recorded';
import { call, everything, refusal, toolConfig } from './everything';

const SERVER = path.join(__dirname, 'newer-server.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'omni-mcp-'));
const closers: (() => unknown)[] = [];
let child: ChildProcess;
let url = '';

beforeAll(async () => {
  child = spawn(process.execPath, [SERVER, 'http'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  url = line.toString('utf8').trim();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(path.join(folder, 'tools.lock.json'), { force: true });
});
afterAll(() => {
  child.kill();
  rmSync(folder, { recursive: true });
});

async function open(source: McpSource) {
  const door = createDoor({ allow: ['127.0.0.1'], ownPorts: [] });
  const registry = new ToolRegistry([], []);
  closers.push(
    () => door.close(),
    () => registry.close(),
  );
  const warnings: string[] = [];
  const config = toolConfig(folder, [source], { variables: { KEY: 'hush-3' } });
  await addMoreTools(registry, { config, door, warn: (text) => warnings.push(text) });
  expect(warnings).toEqual([expect.stringContaining('newer is new')]);
  return registry;
}

const local = everything({ mcp: 'newer', args: [SERVER] });
const remote = (at: string): McpSource => ({
  mcp: 'newer',
  url: at,
  headers: { authorization: 'Bearer ${KEY}' },
  tools: {},
  timeoutMs: 20_000,
});

describe.each([
  ['stdio', () => local],
  ['HTTP', () => remote(url)],
])('over %s', (_, source) => {
  test('tools are found and called, and the server is alive', async () => {
    const registry = await open(source());
    expect(await call(registry, 'newer.add', { a: 2, b: 3 })).toEqual({ sum: 5 });
    expect(await call(registry, 'newer.split', { words: 'a b' })).toEqual(['a', 'b']);
    expect(await call(registry, 'newer.greet', {})).toMatchObject({ text: 'hello' });
    expect(await call(registry, 'newer.where', { region: 'eu-west' })).toMatchObject({ text: 'eu-west' });
    await registry.provider('newer')?.probe?.(AbortSignal.timeout(20_000));
  });

  test('a tool that fails is a tool-error with its words', async () => {
    const { problem } = await refusal(call(await open(source()), 'newer.fail', {}));
    expect(problem).toMatchObject({ type: 'tool-error', data: { message: 'no such row' } });
  });

  test('a call in a trace is a span that the server may go on from, and fails as its tool does', async () => {
    const { tracing, spans } = recordedTracing();
    const registry = await open(source());
    const told = await tracing.begin('outer', {}, async () => {
      await refusal(call(registry, 'newer.fail', {}));
      return call(registry, 'newer.within', {});
    });
    const [failed, within, outer, ...others] = await spans();
    const way =
      source() === local
        ? { 'network.transport': 'pipe' }
        : { 'network.transport': 'tcp', 'server.address': '127.0.0.1' };
    expect(within).toMatchObject({
      name: 'tools/call within',
      kind: SpanKind.CLIENT,
      parent: outer?.spanId,
      attributes: { ...way, 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'within', 'omni.provider': 'newer' },
    });
    expect(failed).toMatchObject({ name: 'tools/call fail', failed: true, attributes: { 'error.type': 'tool-error' } });
    expect(told['text']).toBe(`00-${outer?.traceId}-${within?.spanId}-01`);
    expect(others).toEqual([]);
    expect(await call(registry, 'newer.within', {})).toMatchObject({ text: 'none' });
  });

  test('a tool that asks back is refused by name, and nothing waits', async () => {
    const registry = await open(source());
    const confirm = await refusal(call(registry, 'newer.confirm', {}));
    expect(confirm.problem).toMatchObject({ type: 'tool-error', data: { asks: ['elicitation'] } });
    expect(confirm.message).toContain('asks back for an answer of a person (elicitation)');
    expect(confirm.retryable).toBe(false);
    const later = await refusal(call(registry, 'newer.later', {}));
    expect(later.problem).toMatchObject({ type: 'tool-error', data: { asks: [] } });
  });

  test('a cancelled call ends at once, and the server knows; one that takes too long ends too', async () => {
    const registry = await open(source());
    const hung = async () => String((await call(registry, 'newer.hung', {}))['text']);
    const controller = new AbortController();
    const hanging = refusal(call(registry, 'newer.hang', {}, { signal: controller.signal }));
    while ((await hung()) !== '1 began, 0 cancelled') await pause(20);
    controller.abort(new Error('cancelled'));
    expect((await hanging).message).toBe('cancelled');
    while ((await hung()) !== '1 began, 1 cancelled') await pause(20);
    const { problem } = await refusal(call(registry, 'newer.hang', {}, { timeoutMs: 100 }));
    expect(problem.type).toBe('timeout');
  });

  test('a tool that changes while the server runs is refused from then on', async () => {
    const registry = await open(source());
    expect(await call(registry, 'newer.greet', {})).toMatchObject({ text: 'hello' });
    await call(registry, 'newer.change', {});
    const { problem } = await refusal(call(registry, 'newer.greet', {}));
    expect([problem.type, problem.detail]).toEqual([
      'policy',
      expect.stringContaining('not the one that was approved'),
    ]);
  });
});

test('over HTTP every request says its version, its method, the tool and the key', async () => {
  const registry = await open(remote(url));
  await call(registry, 'newer.add', { a: 2, b: 3 });
  const seen = (await (await fetch(url.replace('/mcp', '/seen'))).json()) as readonly unknown[];
  const every = { version: '2026-07-28', authorization: 'Bearer hush-3' };
  expect(seen).toContainEqual({ ...every, method: 'server/discover' });
  expect(seen).toContainEqual({ ...every, method: 'tools/list' });
  expect(seen).toContainEqual({ ...every, method: 'tools/call', name: 'add' });
});

test('an answer that lists questions is refused by their names', async () => {
  const results: Readonly<Record<string, object>> = {
    'server/discover': {
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      ttlMs: 0,
      cacheScope: 'private',
    },
    'tools/list': { tools: [{ name: 'ask', inputSchema: { type: 'object' } }], ttlMs: 60_000, cacheScope: 'private' },
    'tools/call': {
      resultType: 'input_required',
      inputRequests: {
        one: { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } },
        two: { method: 'roots/list', params: {} },
      },
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { id, method } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id: unknown; method: string };
      const result = { resultType: 'complete', ...results[method] };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => (server.closeAllConnections(), server.close()));
  const registry = await open(remote(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`));
  const { problem } = await refusal(call(registry, 'newer.ask', {}));
  expect(problem).toMatchObject({ type: 'tool-error', data: { asks: ['roots', 'sampling'] } });
});
