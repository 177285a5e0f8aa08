/** The outgoing HTTP client: what the contract suite does not reach through a provider. */
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttp, headerKey, type HttpClient, type HttpRequest } from '../../../src/providers/http/client';
import { createDoor } from '../../../src/providers/http/door';
import { failureOf, until } from '../../contracts/provider';
import { recordedTracing } from '../../tracing/recorded';

const open: Server[] = [];
const door = createDoor({ allow: [], ownPorts: [] });

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const client = (baseUrl: string): HttpClient =>
  createHttp({
    provider: 'acme',
    keyVariable: 'ACME_KEY',
    baseUrlVariable: 'ACME_BASE_URL',
    baseUrl,
    trusted: true,
    door,
    headers: { authorization: 'Bearer k' },
    now: () => 0,
  });

const get = (extra: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path: '/thing?key=secret',
  signal: new AbortController().signal,
  timeoutMs: 5000,
  accepts: 'application/json',
  ...extra,
});

function shut(server: Server): void {
  server.closeAllConnections();
  server.close();
}

afterEach(() => {
  open.splice(0).forEach(shut);
});

describe('the outgoing client', () => {
  test('follows redirects within the origin, three at most, and keeps a POST a POST', async () => {
    const seen: string[] = [];
    const base = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const hop = Number(/\d+$/.exec(request.url ?? '')?.[0] ?? 0);
      if (request.url === '/end') response.setHeader('content-type', 'application/json').end('{"ok":true}');
      else
        response.writeHead(hop > 9 ? 302 : 307, { location: hop === 3 || hop > 9 ? '/end' : `/hop${hop + 1}` }).end();
    });
    await expect(client(base).json(get({ path: '/hop1', method: 'POST', body: {} }))).resolves.toEqual({ ok: true });
    expect(seen).toEqual(['POST /hop1', 'POST /hop2', 'POST /hop3', 'POST /end']);
    expect((await failureOf(client(base).json(get({ path: '/hop0' })))).message).toContain('ACME_BASE_URL');
    await expect(client(base).json(get({ path: '/hop10' }))).resolves.toEqual({ ok: true });
    expect((await failureOf(client(base).json(get({ path: '/hop10', method: 'POST', body: {} })))).retryable).toBe(
      false,
    );
  });

  test('a drip is ended by the whole time, a silence by the idle time', async () => {
    const base = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write(' ');
      if (request.url === '/drip') {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      }
    });
    const drip = await failureOf(client(base).json(get({ path: '/drip', timeoutMs: 300, idleMs: 200 })));
    expect(drip.problem).toMatchObject({ type: 'timeout', detail: expect.stringContaining('300 ms') });
    const began = Date.now();
    const silence = await failureOf(client(base).json(get({ path: '/silence', idleMs: 100 })));
    expect(silence.problem).toMatchObject({ type: 'timeout', detail: expect.stringContaining('silent for 100 ms') });
    expect(Date.now() - began).toBeLessThan(2000);
  });

  test('an answer that is refused by its head is not read: its connection closes, however long the body', async () => {
    let closed = 0;
    const base = await serve((request, response) => {
      response.writeHead(request.url === '/500' ? 500 : 200, { 'content-type': 'text/html' });
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => {
        clearInterval(timer);
        closed += 1;
      });
    });
    expect((await failureOf(client(base).json(get({ path: '/500' })))).problem.type).toBe('provider-unavailable');
    expect((await failureOf(client(base).json(get({ path: '/html' })))).problem.type).toBe('tool-error');
    await until(() => closed === 2);
  });

  test('thinking before the first byte is not silence', async () => {
    const base = await serve((_, response) => {
      setTimeout(() => response.setHeader('content-type', 'application/json').end('1'), 250);
    });
    await expect(client(base).json(get({ idleMs: 50 }))).resolves.toBe(1);
  });

  test('counts bytes after decompression and not one more', async () => {
    const base = await serve((_, response) => response.setHeader('content-type', 'application/json').end('"12345678"'));
    await expect(client(base).json(get({ maxBytes: 10 }))).resolves.toBe('12345678');
    expect((await failureOf(client(base).json(get({ maxBytes: 9 })))).problem.type).toBe('too-large');
  });

  test('a connection whose answer was read serves the next request', async () => {
    const ports = new Set<number | undefined>();
    const base = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.setHeader('content-type', 'application/json').end('1');
    });
    for (let count = 0; count < 20; count += 1) await client(base).json(get());
    // The pool opens a second one when the first is not yet back.
    expect(ports.size).toBeLessThan(4);
  });

  test('a signal that ran out of time is a timeout, and a call cancelled beforehand is never sent', async () => {
    let requests = 0;
    const base = await serve(() => (requests += 1));
    expect((await failureOf(client(base).json(get({ signal: AbortSignal.timeout(50) })))).problem.type).toBe('timeout');
    expect((await failureOf(client(base).json(get({ signal: AbortSignal.abort() })))).problem.type).toBe('cancelled');
    expect(requests).toBe(1);
  });

  test('nobody at the address is a provider that is unavailable, and no message holds the query', async () => {
    const base = await serve((_, response) => response.writeHead(400).end());
    expect((await failureOf(client(base).json(get()))).message).toBe(
      "acme answered 400 to GET /thing: it refuses the request. Check the step's input and config.",
    );
    open.splice(0).forEach(shut);
    const gone = await failureOf(client(base).json(get()));
    expect(gone.problem.type).toBe('provider-unavailable');
    expect(gone.message).toContain('ECONNREFUSED');
    expect(gone.message).not.toContain('secret');
  });

  test('an idempotency key that no header carries is hashed, equal keys alike', () => {
    expect(headerKey('a/b#1')).toBe('a/b#1');
    expect(headerKey('passo/não')).toMatch(/^[0-9a-f]{64}$/);
    expect(headerKey('passo/não')).toBe(headerKey('passo/não'));
    expect(headerKey('a\r\nX: y')).not.toBe(headerKey('a\nX: y'));
  });

  test('in a trace each exchange is a span of method, host and status, whatever it was sent; nothing of the trace goes out', async () => {
    const { tracing, spans } = recordedTracing();
    const seen: IncomingHttpHeaders[] = [];
    const base = await serve((request, response) => {
      seen.push(request.headers);
      if (request.url === '/hop') return void response.writeHead(307, { location: '/ada?key=hush' }).end();
      response.writeHead(request.url === '/no' ? 429 : 200, { 'content-type': 'application/json' }).end('{"a":1}');
    });
    await tracing.begin('outer', {}, async () => {
      await client(base).json(get({ path: '/hop', method: 'POST', body: {} }));
      await failureOf(client(base).json(get({ path: '/no' })));
    });
    await client(base).json(get());
    const [post, refused, outer, ...others] = await spans();
    const server = { 'server.address': '127.0.0.1', 'server.port': Number(new URL(base).port) };
    expect(post).toMatchObject({ name: 'POST', kind: SpanKind.CLIENT, parent: outer?.spanId, failed: false });
    expect(post?.attributes).toEqual({ ...server, 'http.request.method': 'POST', 'http.response.status_code': 200 });
    expect(refused).toMatchObject({ name: 'GET', parent: outer?.spanId, failed: true });
    expect(refused?.attributes).toEqual({
      ...server,
      'http.request.method': 'GET',
      'http.response.status_code': 429,
      'error.type': 'rate-limited',
    });
    expect(others).toEqual([]);
    expect(seen.filter((headers) => 'traceparent' in headers || 'tracestate' in headers)).toEqual([]);
    expect(seen).toHaveLength(4);
  });
});
