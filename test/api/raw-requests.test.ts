import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import { readBody } from '../../api/body';
import { answerBrokenRequests } from '../../api/broken-request';
import { problemHandler } from '../../api/problem';
import type { Listening } from '../../api/server';
import { quiet } from '../support';
import { openBareDoor, sendRaw } from './bare-door';

let door: Listening;
beforeAll(async () => {
  door = await openBareDoor();
});
afterAll(() => door.close());

const HOST = 'Host: localhost\r\n';
const post = (headers: string, body: string): string => `POST /events HTTP/1.1\r\n${HOST}${headers}\r\n\r\n${body}`;
const statusOf = (answer: string): string => answer.split('\r\n', 1)[0] ?? '';

describe('what different programs would read differently is refused, as a problem, and the connection closed', () => {
  test.each([
    ['a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
    ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n')],
    ['two lengths', post('Content-Length: 5\r\nContent-Length: 6', 'hello!')],
    ['two lengths that agree', post('Content-Length: 5\r\nContent-Length: 5', 'hello')],
    ['lengths in a list', post('Content-Length: 5, 5', 'hello')],
    ['a length with a sign', post('Content-Length: +5', 'hello')],
    ['chunks and something else', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', '0\r\n\r\n')],
    ['an unknown encoding', post('Transfer-Encoding: xchunked', '0\r\n\r\n')],
    ['a folded header', `GET /healthz HTTP/1.1\r\n${HOST}X-A: one\r\n two\r\n\r\n`],
    ['a folded encoding', post('Transfer-Encoding:\r\n chunked', '0\r\n\r\n')],
    ['bare line feeds', 'GET /healthz HTTP/1.1\nHost: localhost\n\n'],
    ['one bare line feed', `GET /healthz HTTP/1.1\r\n${HOST}X-A: b\n\r\n`],
    ['a bare carriage return', `GET /healthz HTTP/1.1\r\n${HOST}X-A: b\rX-B: c\r\n\r\n`],
    ['a blank before the colon', 'GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n'],
    ['a chunk that ends in a line feed', post('Transfer-Encoding: chunked', '5\nhello\r\n0\r\n\r\n')],
    ['a chunk of negative size', post('Transfer-Encoding: chunked', '-5\r\nhello\r\n0\r\n\r\n')],
    ['a zero byte', `GET /healthz HTTP/1.1\r\n${HOST}X-A: a\0b\r\n\r\n`],
    ['two hosts', `GET /healthz HTTP/1.1\r\n${HOST}Host: other\r\n\r\n`],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['chunks before there were any', `POST /events HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ])('%s', async (_, text) => {
    const answer = await sendRaw(door.url, `${text}GET /healthz HTTP/1.1\r\n${HOST}\r\n`);
    expect(statusOf(answer)).toBe('HTTP/1.1 400 Bad Request');
    expect(answer).toMatch(/Content-Type: application\/problem\+json/i);
    expect(answer).toMatch(/Connection: close/i);
    expect(answer).not.toContain('"ok"');
    const body: unknown = JSON.parse(answer.slice(answer.indexOf('{')));
    expect(body).toMatchObject({ type: 'validation', status: 400 });
  });

  test('headers of more than 16 kB are 431', async () => {
    const answer = await sendRaw(door.url, `GET /healthz HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(17_000)}\r\n\r\n`);
    expect(statusOf(answer)).toBe('HTTP/1.1 431 Request Header Fields Too Large');
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ type: 'too-large', status: 431 });
  });

  test.each(['TRACE /healthz', 'CONNECT example.com:443'])('%s is 405', async (line) => {
    const answer = await sendRaw(door.url, `${line} HTTP/1.1\r\n${HOST}\r\n`);
    expect(statusOf(answer)).toBe('HTTP/1.1 405 Method Not Allowed');
    expect(answer).toMatch(/^Allow: GET, /m);
    expect(answer).toContain('"method-not-allowed"');
  });
});

describe('what does not come', () => {
  test('headers that are not complete in time are 408', async () => {
    const server = createServer({ headersTimeout: 200, connectionsCheckingInterval: 50 });
    answerBrokenRequests(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const answer = await sendRaw(`http://127.0.0.1:${port}`, `GET / HTTP/1.1\r\n${HOST}X-A:`);
    expect(statusOf(answer)).toBe('HTTP/1.1 408 Request Timeout');
    expect(answer).toContain('"timeout"');
    server.close();
  });

  test('a body that is not complete in time is 408, and the connection closed', async () => {
    const app = express();
    app.post('/', async (request, response) => {
      await readBody(request, { limitBytes: 1_000, mediaTypes: ['application/json'], withinMs: 200 });
      response.end();
    });
    app.use(problemHandler(quiet));
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const head = `POST / HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a"`;
    const answer = await sendRaw(`http://127.0.0.1:${port}`, head);
    expect(statusOf(answer)).toBe('HTTP/1.1 408 Request Timeout');
    expect(answer).toContain('"status":408');
    server.close();
  });
});

describe('JSON', () => {
  const send = (keys: number): Promise<Response> => {
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, index) => [`a:${index}`, 1])));
    return fetch(`${door.url}/events`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  };

  test('of more than 10,000 keys is 413', async () => {
    const response = await send(10_001);
    expect(response.status).toBe(413);
    expect(((await response.json()) as { detail: string }).detail).toContain('10001 keys');
    expect((await send(10_000)).status).toBe(204);
  });
});
