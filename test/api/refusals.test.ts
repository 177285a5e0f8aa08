import { request as httpRequest } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Door } from './door';
import { openDoor } from './door';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider, keyless } from './echo-tools';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [echoProvider(), keyless], contracts: ECHO_CONTRACTS, definitions: DEFINITIONS });
});
afterAll(() => door.close());

const execute = '/workflows/greeter/execute';
const good = { payload: { userId: 'u1', text: 'hello' } };

describe('what is wrong with a request is said with its place', () => {
  test('a missing field is named, with a pointer from the root of the body', async () => {
    const { status, headers, body } = await door.ask('POST', execute, { payload: { text: 'hello' } });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ type: 'validation', status: 400, errors: [{ pointer: '/payload/userId' }] });
    expect(body.detail).toContain('userId');
  });

  test('several faults are told at once', async () => {
    const { body } = await door.ask('POST', execute, { payload: { userId: 7, text: 'hello', extra: true } });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/payload/extra',
      '/payload/userId',
    ]);
  });

  test('an unknown member of the body is refused', async () => {
    const { status, body } = await door.ask('POST', execute, { ...good, contxt: {} });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ pointer: '/contxt', detail: 'is not known here' }]);
  });

  test('broken JSON is 400 with line and column, and is not quoted back', async () => {
    const { status, body, text } = await door.ask('POST', execute, '{\n  "payload": { "userId": secret-token }\n}');
    expect(status).toBe(400);
    expect(body.detail).toMatch(/line 2, column \d+/);
    expect(text).not.toContain('secret-token');
  });

  test('a body that stops in the middle is 400', async () => {
    expect((await door.ask('POST', execute, '{"payload": {')).status).toBe(400);
  });

  test('a missing body is 400', async () => {
    const { status, body } = await door.ask('POST', execute);
    expect([status, body.type]).toEqual([400, 'validation']);
  });

  test('an unknown workflow is 404 with the nearest name', async () => {
    const { status, body } = await door.ask('POST', '/workflows/greter/execute', good);
    expect(status).toBe(404);
    expect(body).toMatchObject({ type: 'not-found', data: { suggestion: 'greeter' } });
  });

  test('a definition with errors cannot be started, and the first error is told', async () => {
    const { status, body } = await door.ask('POST', '/workflows/broken/execute', { payload: {} });
    expect(status).toBe(422);
    expect(body.detail).toContain('broken.yaml:5:');
  });

  test('names that every object inherits are not found', async () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect((await door.ask('POST', `/workflows/${name}/execute`, good)).status).toBe(404);
  });

  test('an unknown address is 404 as a problem', async () => {
    const { status, headers } = await door.ask('GET', '/nothing-here');
    expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  test('a wrong method is 405 with Allow', async () => {
    const { status, headers, body } = await door.ask('DELETE', '/workflows/greeter');
    expect([status, headers.get('allow'), body.type]).toEqual([405, 'GET, PUT, HEAD, OPTIONS', 'method-not-allowed']);
  });

  test('OPTIONS tells the methods', async () => {
    const { status, headers } = await door.ask('OPTIONS', execute);
    expect([status, headers.get('allow')]).toEqual([204, 'POST, OPTIONS']);
  });

  test('another media type is 415', async () => {
    const { status, body } = await door.ask('POST', execute, 'a=b', { 'Content-Type': 'text/plain' });
    expect([status, body.type]).toEqual([415, 'unsupported-media-type']);
  });

  test('a compressed body is 415', async () => {
    const { status } = await door.ask('POST', execute, good, { 'Content-Encoding': 'gzip' });
    expect(status).toBe(415);
  });

  test('a broken percent escape is 400', async () => {
    expect((await door.ask('GET', '/workflows/%E0%A4%A')).status).toBe(400);
  });

  test('text that is not UTF-8 is 400', async () => {
    const response = await fetch(`${door.url}${execute}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...door.authorization },
      body: new Uint8Array([0x22, 0xff, 0xfe, 0x22]),
    });
    expect(response.status).toBe(400);
  });

  test('an unknown query parameter is 400', async () => {
    const { status, body } = await door.ask('GET', '/executions?stauts=running');
    expect([status, body.errors]).toEqual([400, [{ pointer: '/stauts', detail: 'is not known here' }]]);
  });

  test('a page of another site cannot start anything', async () => {
    const { status } = await door.ask('POST', execute, good, { 'Sec-Fetch-Site': 'cross-site' });
    expect(status).toBe(403);
  });
});

describe('limits', () => {
  test('64 levels pass, 65 do not', async () => {
    const nested = (levels: number): string => `${'['.repeat(levels - 1)}"[[["${']'.repeat(levels - 1)}`;
    const at64 = await door.ask('POST', execute, `{"payload": ${nested(64)}}`);
    expect(at64.body.detail).not.toContain('nested deeper');
    const at65 = await door.ask('POST', execute, `{"payload": ${nested(65)}}`);
    expect(at65.body.detail).toContain('nested deeper');
  });

  test('50 MB are refused at once: before the body is sent', async () => {
    const answered = await new Promise<{ status: number; sent: number }>((resolve, reject) => {
      const outgoing = httpRequest(`${door.url}${execute}`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': 50 * 1024 * 1024,
          Expect: '100-continue',
          ...door.authorization,
        },
      });
      let sent = 0;
      outgoing.on('continue', () => {
        sent = 1;
      });
      outgoing.on('response', (response) => {
        resolve({ status: response.statusCode ?? 0, sent });
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      outgoing.flushHeaders();
    });
    expect(answered).toEqual({ status: 413, sent: 0 });
  });

  test('50 MB from a client that just sends are 413 too, and the answer arrives', async () => {
    const { status, body } = await door.ask(
      'POST',
      execute,
      JSON.stringify({ payload: { userId: 'u', text: 'x'.repeat(50 * 1024 * 1024) } }),
    );
    expect([status, body.type]).toEqual([413, 'too-large']);
  });

  test('50 MB in chunks without a length are 413 as soon as the limit is passed', async () => {
    const { hostname, port } = new URL(door.url);
    const status = await new Promise<string>((resolve, reject) => {
      const socket = connectSocket(Number(port), hostname, () => {
        socket.write(
          `POST ${execute} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${door.authorization.authorization}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
        );
        const chunk = Buffer.alloc(1024 * 1024, 0x20);
        for (let sent = 0; sent < 36; sent += 1) {
          socket.write(`${chunk.length.toString(16)}\r\n`);
          socket.write(chunk);
          socket.write('\r\n');
        }
      });
      socket.once('data', (data) => {
        resolve(data.toString().split('\r\n')[0] ?? '');
        socket.destroy();
      });
      socket.once('error', reject);
    });
    expect(status).toBe('HTTP/1.1 413 Payload Too Large');
  });

  test('1 MB is the limit where no large values are expected', async () => {
    const { status } = await door.ask('PUT', '/workflows/large', { definition: 'x'.repeat(1024 * 1024 + 1) });
    expect(status).toBe(413);
  });

  test('an unusable Idempotency-Key is 400', async () => {
    const { status, body } = await door.ask('POST', execute, good, { 'Idempotency-Key': 'k'.repeat(256) });
    expect(status).toBe(400);
    expect(body.detail).toContain('Idempotency-Key');
  });
});
