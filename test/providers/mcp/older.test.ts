/** The protocol before 2026-07-28 in its versions, and habits of servers that a client has to bear. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { McpSource } from '../../../src/config/shapes';
import type { OmniError } from '../../../src/plan/problem';
import { createDoor } from '../../../src/providers/http/door';
import { createConnection } from '../../../src/providers/mcp/connection';
import { readServer } from '../../../src/providers/mcp/server';
import { addMoreTools } from '../../../src/providers/more-tools';
import { ToolRegistry } from '../../../src/tools/registry';
import { call, everything, refusal, toolConfig } from './everything';

const SERVER = path.join(__dirname, 'older-server.mjs');
const closers: (() => unknown)[] = [];
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'omni-mcp-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
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
  await addMoreTools(registry, { config: toolConfig(folder, [source]), door, warn: (text) => warnings.push(text) });
  return { registry, warnings };
}

const older = (version: string, habit: string, fields: Partial<McpSource> = {}): McpSource =>
  everything({ mcp: 'older', args: [SERVER, version, habit], ...fields });

describe('a program', () => {
  test.each([
    ['2025-11-25', 'plain'],
    ['2025-06-18', 'abrupt'],
    ['2025-03-26', 'paged'],
    ['2024-11-05', 'plain'],
  ])('of version %s that is %s is understood', async (version, habit) => {
    const { registry } = await open(older(version, habit));
    expect(await call(registry, 'older.echo', {})).toMatchObject({ text: 'echo' });
    await registry.provider('older')?.probe?.(AbortSignal.timeout(20_000));
  });

  test('of a version that nobody knows is refused', async () => {
    const { warnings } = await open(older('1999-01-01', 'plain'));
    expect(warnings).toEqual([expect.stringContaining('speaks no version of the protocol that we speak')]);
  });

  test('that is silent until it is asked by initialize is asked so', async () => {
    const config = toolConfig(folder, []);
    const door = createDoor({ allow: [], ownPorts: [] });
    const connection = createConnection(readServer(older('2025-06-18', 'silent'), config), { door, startMs: 10_000 });
    closers.push(
      () => door.close(),
      () => connection.close(),
    );
    const bounds = { signal: AbortSignal.timeout(20_000), timeoutMs: 20_000 };
    expect([...(await connection.offers(bounds)).keys()]).toContain('echo');
  });

  test('whose list of tools has no end is refused', async () => {
    const { warnings } = await open(older('2025-11-25', 'endless'));
    expect(warnings).toEqual([expect.stringContaining('it has no last page')]);
  });

  test('that asks back is refused that, and the error names what it wanted', async () => {
    const { registry } = await open(older('2025-11-25', 'plain'));
    const { problem } = await refusal(call(registry, 'older.ask', {}));
    const data = { asks: ['elicitation'], message: 'nobody answers: -32601' };
    expect(problem).toMatchObject({ type: 'tool-error', data });
    expect(problem.detail).toContain('asks back for an answer of a person (elicitation)');
  });

  test('that ends again and again is let rest', async () => {
    const { registry } = await open(older('2025-11-25', 'plain', { tools: { die: { idempotent: 'natural' } } }));
    const errors = [];
    for (let time = 0; time < 6; time += 1) errors.push(await refusal(call(registry, 'older.die', {})));
    expect(errors.map(({ problem }) => problem.type)).toEqual(Array(6).fill('provider-unavailable'));
    expect(errors[4]?.message).toContain('ended in the middle of tools/call die');
    expect(errors[5]?.message).toContain('was started 5 times within a minute');
    // Only of a call that has begun nobody knows what it did.
    expect(errors.map(({ undone }) => undone)).toEqual([...Array(5).fill(false), true]);
    expect(errors[5]?.retryAfterMs).toBeGreaterThan(0);
  });

  test('with two tools that our names cannot tell apart has neither, unless only one is included', async () => {
    const both = await open(older('2025-11-25', 'named'));
    expect(both.registry.contracts().map(({ name }) => name)).toEqual(['older.fine', 'older.fine-too']);
    expect(both.warnings.join('\n')).toContain(
      'a/b: it would be called older.a-b, as a.b would; name one of them in include',
    );
    const one = await open(older('2025-11-25', 'named', { include: ['a/b'] }));
    expect(await call(one.registry, 'older.a-b', {})).toMatchObject({ text: 'a/b' });
  });
});

describe('over HTTP', () => {
  interface Asked {
    readonly id?: unknown;
    readonly method: string;
  }
  type Answer = (asked: Asked, request: IncomingMessage, response: ServerResponse) => object | undefined;

  /** A server with sessions, all forgotten by `forget()`; `answer` is asked before it. */
  async function serve(answer: Answer = () => undefined) {
    const sessions = new Set<string>();
    const left: string[] = [];
    const notified: string[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const session = String(request.headers['mcp-session-id']);
        if (request.method === 'DELETE') left.push(session);
        if (request.method === 'DELETE') return response.end();
        const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked;
        if (asked.method === 'initialize') {
          const id = `session-${sessions.size + left.length + 1}`;
          sessions.add(id);
          const serverInfo = { name: 'o', version: '1' };
          const result = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
          response.setHeader('mcp-session-id', id);
          return json(response, { id: asked.id, result });
        }
        if (!sessions.has(session)) return response.writeHead(404).end();
        if (asked.id === undefined) return response.writeHead(202).end(void notified.push(asked.method));
        const tools = [{ name: 'echo', inputSchema: { type: 'object' } }];
        const result = asked.method === 'tools/list' ? { tools } : answer(asked, request, response);
        return result === undefined ? undefined : json(response, { id: asked.id, result });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => (server.closeAllConnections(), server.close()));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const source: McpSource = { mcp: 'older', url, headers: {}, tools: {}, timeoutMs: 20_000 };
    return { source, left, notified, forget: () => sessions.clear() };
  }

  const json = (response: ServerResponse, message: object) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', ...message }));

  test('a session that the server forgot is begun anew, and the call is made; the end of a session is told', async () => {
    const { source, left, forget } = await serve(() => ({ content: [{ type: 'text', text: 'echo' }] }));
    const { registry } = await open(source);
    forget();
    expect(await call(registry, 'older.echo', {})).toMatchObject({ text: 'echo' });
    await registry.close();
    expect(left).toHaveLength(2);
  });

  test('a cancelled call leaves no socket, and the server is told', async () => {
    let began: () => void = () => undefined;
    let ended: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (began = resolve));
    const gone = new Promise<void>((resolve) => (ended = resolve));
    const { source, notified } = await serve((_, __, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      response.on('close', () => ended());
      return void began();
    });
    const { registry } = await open(source);
    const controller = new AbortController();
    const hanging = refusal(call(registry, 'older.echo', {}, { signal: controller.signal }));
    await begun;
    controller.abort(new Error('cancelled'));
    expect((await hanging).message).toBe('cancelled');
    await gone;
    expect(notified).toContain('notifications/cancelled');
  });

  test('an answer that breaks off ends its call and no other', async () => {
    let waits: (() => void) | undefined;
    const { source } = await serve(({ id }, _, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      const result = { content: [{ type: 'text', text: 'late' }] };
      const answer = (): unknown => response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
      if (waits === undefined) return void (waits = () => void answer());
      response.destroy();
      return void waits();
    });
    const { registry } = await open(source);
    const both = await Promise.allSettled([call(registry, 'older.echo', {}), call(registry, 'older.echo', {})]);
    const cut = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as OmniError] : []));
    expect(cut.map(({ problem }) => problem.type)).toEqual(['provider-unavailable']);
  });

  test('one that never ends its agreement is given up, and closing does not wait for it', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => (server.closeAllConnections(), server.close()));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const source: McpSource = { mcp: 'older', url, headers: {}, tools: {}, timeoutMs: 20_000 };
    const door = createDoor({ allow: ['127.0.0.1'], ownPorts: [] });
    const slow = readServer(source, toolConfig(folder, []));
    const bounds = { signal: AbortSignal.timeout(20_000), timeoutMs: 20_000 };
    const given = await refusal(createConnection(slow, { door, startMs: 300 }).offers(bounds));
    expect(given.problem.type).toBe('timeout');
    const connection = createConnection(slow, { door });
    const waiting = refusal(connection.offers(bounds));
    await connection.close();
    expect((await waiting).problem.type).toBe('provider-unavailable');
    await door.close();
  });

  test('a server that asks to come later is asked later', async () => {
    const { source } = await serve((_, __, response) => void response.writeHead(429, { 'retry-after': '7' }).end());
    const { registry } = await open(source);
    const error = await refusal(call(registry, 'older.echo', {}));
    expect([error.problem.type, error.retryAfterMs]).toEqual(['rate-limited', 7_000]);
  });

  test('a key in the settings themselves is refused: it belongs into a variable', async () => {
    const { source } = await serve();
    const { registry, warnings } = await open({ ...source, headers: { Authorization: 'Bearer hush-4' } });
    expect(registry.provider('older')?.unconfigured).toContain(
      'put the value of its header Authorization into a variable',
    );
    expect(warnings.join()).not.toContain('hush-4');
  });
});
