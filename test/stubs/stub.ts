/** An HTTP server on a free loopback port that stands in for a vendor: it records every request and plays scripted faults. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { play, sendJson, type Fault, type Honest } from './faults';

export interface StubCall {
  /** Milliseconds since 1970, when the request had arrived. */
  readonly at: number;
  readonly method: string;
  /** Below the base path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** JSON parsed, a form as an object of its fields, else text. */
  readonly body: unknown;
  /** The body as it came. */
  readonly raw: Buffer;
  /** The fault that was played; undefined for an honest answer. */
  readonly fault: Fault | undefined;
  /** What the vendor bills for the honest answer. */
  usage?: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd?: number };
  /** When the connection that carried it was closed; after an answer read to its end it stays open for the next request. */
  closedAt?: number;
}

/** What a wire format answers to a request. */
export type Answer = { readonly status: number; readonly json: unknown } | (Honest & Pick<StubCall, 'usage'>);

export interface Wire {
  answer(call: StubCall): Answer | Promise<Answer>;
}

export interface Stub {
  /** Without a path. */
  readonly origin: string;
  /** What the provider's base URL variable is set to. */
  readonly baseUrl: string;
  readonly key: string;
  /** Every request, in the order of arrival. */
  readonly calls: readonly StubCall[];
  /** One fault per request to come, in order; `undefined` lets one pass. Afterwards answers are honest again. */
  next(...faults: readonly (Fault | undefined)[]): void;
  /** A fault for every request that no `next` is left for; `undefined` ends it. */
  always(fault: Fault | undefined): void;
  close(): Promise<void>;
}

export interface StubOptions {
  /** 0 for a free one. */
  readonly port?: number;
  readonly key?: string;
}

export async function startStub(
  wire: Wire,
  options: StubOptions & { readonly basePath: string; readonly key: string },
): Promise<Stub> {
  const calls: StubCall[] = [];
  const queue: (Fault | undefined)[] = [];
  let standing: Fault | undefined;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await bytesOf(request);
    const fault = queue.length > 0 ? queue.shift() : standing;
    const call: StubCall = { at: Date.now(), ...partsOf(request, options.basePath), ...bodyOf(request, raw), fault };
    calls.push(call);
    request.socket.setMaxListeners(0).once('close', () => (call.closedAt = Date.now()));
    const answer = await wire.answer(call);
    if ('json' in answer) return sendJson(response, answer.status, answer.json);
    if (fault !== undefined) return play(fault, response, answer);
    if (answer.usage !== undefined) call.usage = answer.usage;
    response.writeHead(answer.status ?? 200, { 'content-type': answer.mediaType }).end(answer.bytes);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    baseUrl: origin + options.basePath,
    key: options.key,
    calls,
    next: (...faults) => void queue.push(...faults),
    always: (fault) => void (standing = fault),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function partsOf(
  { url = '/', method = '', headers }: IncomingMessage,
  basePath: string,
): Pick<StubCall, 'method' | 'path' | 'query' | 'headers' | 'authorization' | 'idempotencyKey'> {
  const [path = '', query = ''] = url.split('?');
  const key = headers['idempotency-key'];
  return {
    method,
    path: path.startsWith(basePath) ? path.slice(basePath.length) : `outside:${path}`,
    query: new URLSearchParams(query),
    headers,
    authorization: headers.authorization,
    idempotencyKey: Array.isArray(key) ? key.join() : key,
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function bodyOf({ headers }: IncomingMessage, raw: Buffer): Pick<StubCall, 'body' | 'raw'> {
  const text = raw.toString('utf8');
  if (text === '') return { body: undefined, raw };
  if (/^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? ''))
    return { body: Object.fromEntries(new URLSearchParams(text)), raw };
  try {
    return { body: JSON.parse(text) as unknown, raw };
  } catch {
    return { body: text, raw };
  }
}
