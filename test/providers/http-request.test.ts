/** `http.request` against a real server: what is sent, what comes back, and what never leaves. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDoor } from '../../src/providers/http/door';
import { createHttpProvider } from '../../src/providers/http-request';
import { httpInput, httpOutput, httpRequest, type HttpOutput } from '../../src/tools/http-request';
import type { Provider } from '../../src/tools/tool';
import { contextOf, failureOf } from '../contracts/provider';

const SECRET = 'sk-canary-5521';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const seen: Seen[] = [];
let server: Server;
let origin: string;
let provider: Provider;

/** Answers by the path. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      const [, what = '', more = ''] = (url.split('?')[0] ?? '').split('/');
      const json = (value: unknown, status = 200): unknown =>
        response
          .writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'a=b' })
          .end(JSON.stringify(value));
      if (what === 'echo') json({ headers, url });
      else if (what === 'status') json({ secretly: headers.authorization }, Number(more));
      else if (what === 'later') response.writeHead(429, { 'retry-after': '7' }).end();
      else if (what === 'text')
        response.writeHead(200, { 'content-type': 'text/plain; charset=latin1' }).end(Buffer.from('olá', 'latin1'));
      else if (what === 'bytes') response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0, 255, 1]));
      else if (what === 'none') response.writeHead(204).end();
      else if (what === 'broken') response.writeHead(200, { 'content-type': 'application/json' }).end(`{"${SECRET}`);
      else if (what === 'away') response.writeHead(302, { location: 'http://elsewhere.example/' }).end();
      else if (what === 'home') response.writeHead(302, { location: '/text' }).end();
      else if (what === 'large')
        response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(17 * 1024 * 1024));
      else if (what !== 'hang') json({}, 404);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provider = providerWith(['127.0.0.1']);
});
afterAll(
  () =>
    new Promise((resolve) => {
      server.close(() => resolve(undefined));
      server.closeAllConnections();
    }),
);
beforeEach(() => void seen.splice(0));

function providerWith(allow: readonly string[]): Provider {
  return createHttpProvider({
    credentials: {
      shop: { origins: [origin], headers: { Authorization: 'Bearer ${SHOP_TOKEN}' }, query: { key: '${SHOP_TOKEN}' } },
      other: { origins: ['https://other.example'], headers: { authorization: 'Bearer ${SHOP_TOKEN}' }, query: {} },
      unset: { origins: [origin], headers: { authorization: '${NO_SUCH_TOKEN}' }, query: {} },
    },
    variables: { SHOP_TOKEN: SECRET },
    door: createDoor({ allow, ownPorts: [] }),
  });
}

async function ask(input: object, by = provider): Promise<HttpOutput> {
  const { output } = await call(input, by);
  return httpOutput.parse(output);
}

function call(input: object, by = provider, extra = {}) {
  return (
    by.tools['http.request']?.(httpInput.parse(input) as never, contextOf(extra)) ??
    Promise.reject(new Error('no tool'))
  );
}

describe('http.request sends', () => {
  test('method, query, headers and each kind of body', async () => {
    const url = `${origin}/echo?a=1`;
    await ask({ url, query: { b: [2, true], c: 'x y' }, headers: { Accept: 'application/json' } });
    await ask({ method: 'POST', url, json: { n: 1 } });
    await ask({ method: 'PUT', url, form: { a: 'b c', n: 2 } });
    await ask({ method: 'PATCH', url, text: '<a/>', mediaType: 'application/xml' });
    await ask({ method: 'DELETE', url, data: Buffer.from('bytes').toString('base64') });
    expect(seen.map(({ method, body, headers }) => [method, body, headers['content-type']])).toEqual([
      ['GET', '', undefined],
      ['POST', '{"n":1}', 'application/json'],
      ['PUT', 'a=b+c&n=2', 'application/x-www-form-urlencoded;charset=UTF-8'],
      ['PATCH', '<a/>', 'application/xml'],
      ['DELETE', 'bytes', 'application/octet-stream'],
    ]);
    expect(seen[0]).toMatchObject({ url: '/echo?a=1&b=2&b=true&c=x+y', headers: { accept: 'application/json' } });
  });

  test('the same Idempotency-Key with every attempt of a POST or PATCH, and none with the others', async () => {
    for (const method of ['POST', 'POST', 'PATCH', 'PUT', 'DELETE', 'GET', 'HEAD'])
      await call({ method, url: `${origin}/echo` });
    const key = 'origin/step#1/p';
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual([key, key, key, ...Array(4).fill(undefined)]);
  });

  test('a credential to its own origin alone, and nothing of it comes back', async () => {
    const answer = await ask({ url: `${origin}/echo`, auth: 'shop' });
    expect(seen[0]).toMatchObject({ url: `/echo?key=${SECRET}`, headers: { authorization: `Bearer ${SECRET}` } });
    expect(answer.body).toMatchObject({ headers: { authorization: 'Bearer ***' }, url: '/echo?key=***' });
    seen.splice(0);
    for (const [auth, type] of [
      ['other', 'policy'],
      ['unset', 'authentication'],
      ['nobody', 'validation'],
    ]) {
      const error = await failureOf(call({ url: `${origin}/echo`, auth }));
      expect(error.problem).toMatchObject({ type, provider: 'http' });
    }
    expect(seen).toEqual([]);
  });
});

describe('http.request answers', () => {
  test('JSON as data, text as text, anything else as base64, nothing as null', async () => {
    const [text, bytes, none, head] = await Promise.all([
      ask({ url: `${origin}/text` }),
      ask({ url: `${origin}/bytes` }),
      ask({ url: `${origin}/none` }),
      ask({ method: 'HEAD', url: `${origin}/text` }),
    ]);
    expect(text).toMatchObject({ status: 200, mediaType: 'text/plain', body: 'olá' });
    expect(bytes).toMatchObject({ mediaType: 'image/png', body: 'AP8B' });
    expect(none).toMatchObject({ status: 204, mediaType: '', body: null });
    expect(head).toMatchObject({ status: 200, body: null });
  });

  test('with the headers that tell of the content, never cookies', async () => {
    const { headers } = await ask({ url: `${origin}/echo` });
    expect(Object.keys(headers).sort()).toEqual(['content-type', 'date']);
  });

  test('with any status that the step expects, and only with those', async () => {
    expect(await ask({ url: `${origin}/status/404`, expect: [200, 404] })).toMatchObject({ status: 404 });
    expect(await ask({ url: `${origin}/away`, expect: [302] })).toMatchObject({
      status: 302,
      headers: { location: 'http://elsewhere.example/' },
    });
    const error = await failureOf(call({ url: `${origin}/status/200`, expect: [201] }));
    expect(error.problem.type).toBe('tool-error');
  });

  test('after a redirect within its origin', async () => {
    expect(await ask({ url: `${origin}/home` })).toMatchObject({ status: 200, body: 'olá' });
  });
});

describe('http.request fails', () => {
  test.each([
    ['/status/400', 'validation', false],
    ['/status/401', 'authentication', false],
    ['/status/404', 'not-found', false],
    ['/status/418', 'tool-error', false],
    ['/status/500', 'provider-unavailable', true],
    ['/later', 'rate-limited', true],
    ['/away', 'tool-error', false],
    ['/broken', 'tool-error', true],
    ['/large', 'too-large', false],
  ])('on %s as %s, telling no secret, no query and nothing of the body', async (path, type, retryable) => {
    const error = await failureOf(
      call({ url: `${origin}${path}?token=${SECRET}-q`, auth: 'shop', headers: { 'x-own': SECRET } }),
    );
    expect({ type: error.problem.type, retryable: error.retryable }).toEqual({ type, retryable });
    expect(inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error.problem)).not.toContain(SECRET);
    expect(error.message).toContain(`GET at ${new URL(origin).host}`);
    if (path === '/later') expect(error.retryAfterMs).toBe(7000);
  });

  test('before it sends anything: private addresses, users in addresses, bodies without a place', async () => {
    const closed = providerWith([]);
    for (const [input, type, by] of [
      [{ url: `${origin}/echo` }, 'policy', closed],
      [{ url: 'http://169.254.169.254/latest/meta-data' }, 'policy', closed],
      [{ url: origin.replace('//', '//me:pass@') }, 'validation', provider],
      [{ url: origin, json: {} }, 'validation', provider],
    ] as const)
      expect((await failureOf(call(input, by))).problem).toMatchObject({ type, provider: 'http' });
    expect(seen).toEqual([]);
  });

  test('in time, and at once when it is cancelled', async () => {
    const late = await failureOf(call({ url: `${origin}/hang` }, provider, { timeoutMs: 50 }));
    expect(late.problem.type).toBe('timeout');
    const cancelled = await failureOf(call({ url: `${origin}/hang` }, provider, { signal: AbortSignal.abort() }));
    expect(cancelled.problem.type).toBe('cancelled');
  });
});

describe('the contract of http.request', () => {
  test.each([
    'Authorization',
    'Cookie',
    'X-Api-Key',
    'x-auth-token',
    'Host',
    'Content-Length',
    'Idempotency-Key',
    'a b',
  ])('lets no step set the header %s', (name) => {
    const parsed = httpInput.safeParse({ url: 'https://a.example', headers: { [name]: 'x' } });
    expect(parsed.error?.issues[0]).toMatchObject({ path: ['headers', name] });
  });

  test('takes one body at most, and no line breaks in headers', () => {
    const url = 'https://a.example';
    expect(httpInput.safeParse({ url, json: {}, text: '' }).success).toBe(false);
    expect(httpInput.safeParse({ url, headers: { accept: 'a\r\nx: y' } }).success).toBe(false);
    expect(httpInput.safeParse({ url: 'file:///etc/passwd' }).success).toBe(false);
  });

  test('repeats what HTTP calls idempotent, and the rest only where the step says so', () => {
    const by = (input: object) => httpRequest.idempotentFor?.(input as never);
    expect(['GET', 'HEAD', 'PUT', 'DELETE'].map((method) => by({ method }))).toEqual(Array(4).fill('natural'));
    expect([by({}), by({ method: 'POST' }), by({ method: null }), by({ method: 'POST', repeatable: true })]).toEqual([
      'natural',
      'none',
      'none',
      'key',
    ]);
    expect(by({ method: 'PATCH', repeatable: null })).toBe('none');
  });
});
