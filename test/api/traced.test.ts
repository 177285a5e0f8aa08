/** The span of a request, on a real socket: what leaves one, what is in it, and what runs within it. */
import { request as ask } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import { BODY_LIMIT_BYTES, readBody } from '../../api/body';
import { problemHandler } from '../../api/problem';
import { TRACE_ID_HEADER, traced } from '../../api/traced';
import { inSpan } from '../../src/tracing/span';
import { quiet } from '../support';
import { recordedTracing } from '../tracing/recorded';

const { tracing, spans } = recordedTracing();
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;

let reached = (): void => undefined;
let server: Server;
let url: string;
beforeAll(async () => {
  const app = express();
  app.use(traced(tracing));
  app.all('/things/:id', async (request, response) => {
    response.locals['route'] = '/things/{id}';
    await readBody(request, { limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'], optional: true });
    await inSpan('inside', {}, () => Promise.resolve());
    response.status(204).end();
  });
  app.post('/broken', () => Promise.reject(new Error('ada@example.com')));
  app.post('/stream', (_request, response) => void response.status(200).write('a'));
  app.post('/silent', () => reached());
  app.use(problemHandler(quiet));
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Spans end as connections are closed, which clients see before servers do. */
async function ended(count: number) {
  const all = [...(await spans())];
  while (all.length < count) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    all.push(...(await spans()));
  }
  return all;
}

test('what changes something has a span with the route, never with the address, and what runs after its body is within', async () => {
  const body = JSON.stringify({ name: 'ada@example.com' });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/things/ada@example.com?key=secret`, { method: 'PUT', body, headers });
  const [inside, whole] = await ended(2);
  expect(whole).toEqual({
    name: 'PUT /things/{id}',
    kind: SpanKind.SERVER,
    traceId: answer.headers.get(TRACE_ID_HEADER),
    spanId: expect.any(String),
    parent: undefined,
    failed: false,
    attributes: { 'http.request.method': 'PUT', 'http.route': '/things/{id}', 'http.response.status_code': 204 },
  });
  expect(inside).toMatchObject({ name: 'inside', traceId: whole?.traceId, parent: whole?.spanId });
});

test('a read leaves none, unless its caller is in a trace, which then goes on', async () => {
  const plain = await fetch(`${url}/things/1`);
  expect(plain.headers.get(TRACE_ID_HEADER)).toBeNull();
  await fetch(`${url}/things/1`, { headers: { traceparent: 'nonsense' } });
  const within = await fetch(`${url}/things/1`, { headers: { traceparent } });
  expect(within.headers.get(TRACE_ID_HEADER)).toBe(CALLER.traceId);
  const [inside, whole, ...others] = await ended(2);
  expect(whole).toMatchObject({ name: 'GET /things/{id}', traceId: CALLER.traceId, parent: CALLER.spanId });
  expect(inside).toMatchObject({ name: 'inside', traceId: CALLER.traceId, parent: whole?.spanId });
  expect(others).toEqual([]);
});

test('a fault of ours fails the span by its status alone; an address without a route has the method for its name', async () => {
  await fetch(`${url}/broken`, { method: 'POST' });
  await fetch(`${url}/nothing-here/ada@example.com`, { method: 'DELETE' });
  expect(await ended(2)).toMatchObject([
    { name: 'POST', failed: true, attributes: { 'http.response.status_code': 500, 'error.type': '500' } },
    { name: 'DELETE', failed: false, attributes: { 'http.response.status_code': 404 } },
  ]);
});

test('a reader who leaves ends the span: in the middle of a stream with its status, before any answer without one', async () => {
  const leave = (path: string): Promise<void> =>
    new Promise((resolve) => {
      const left = ask(`${url}${path}`, { method: 'POST' });
      left.on('error', () => undefined).on('close', resolve);
      reached = () => void left.destroy();
      left.on('response', () => left.destroy());
      left.end();
    });
  await leave('/stream');
  expect(await ended(1)).toMatchObject([{ name: 'POST', attributes: { 'http.response.status_code': 200 } }]);
  await leave('/silent');
  const [silent] = await ended(1);
  expect(silent?.attributes).toEqual({ 'http.request.method': 'POST' });
});

test('without tracing requests are answered as ever', async () => {
  const app = express();
  app.use(traced(undefined), (_request, response) => void response.status(204).end());
  const bare = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => bare.once('listening', resolve));
  const answer = await fetch(`http://127.0.0.1:${(bare.address() as AddressInfo).port}`, { method: 'POST' });
  expect([answer.status, answer.headers.get(TRACE_ID_HEADER)]).toEqual([204, null]);
  await new Promise((resolve) => bare.close(resolve));
});
