/** The one outgoing HTTP client: built-in fetch with deadlines, a byte cap and typed errors. It never retries; Temporal does. */
import { createHash } from 'node:crypto';
import { OmniError } from '../plan/problem';
import { garbage, networkError, statusError, type FarSide } from './http-error';
import { retryAfterMs } from './retry-after';
import { Watch } from './watch';

export interface HttpSettings extends FarSide {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Sent with every request: the key and what else the vendor asks for. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash; added to the base URL. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Ends the request and closes its socket. */
  readonly signal: AbortSignal;
  /** Bound of the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Longest silence in the middle of a body, in milliseconds; 15 seconds unless told. Before the first byte only the bound of the whole counts, because models think silently. */
  readonly idleMs?: number;
  /** Largest body after decompression, in bytes; 4 MiB unless told. */
  readonly maxBytes?: number;
  /** What the answer must be, as a media type or its beginning: `application/json`, `audio/`. */
  readonly accepts: string;
  readonly idempotencyKey?: string;
}

export interface HttpReply {
  readonly headers: Headers;
  readonly bytes: Buffer;
}

export interface HttpClient {
  /** Throws `OmniError` for everything but a 2xx answer of the accepted media type within its bounds. */
  send(request: HttpRequest): Promise<HttpReply>;
  /** `send`, and the body parsed; its shape is the caller's to check. */
  json(request: HttpRequest): Promise<unknown>;
}

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_REDIRECTS = 3;

export function createHttp(settings: HttpSettings): HttpClient {
  const send = (request: HttpRequest): Promise<HttpReply> => exchange(settings, request);
  const json = async (request: HttpRequest): Promise<unknown> => {
    const { bytes } = await send(request);
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
    } catch {
      // The parser's own message quotes the body, so it is not kept as a cause.
      throw garbage(settings, placeOf(request), 'it is not JSON');
    }
  };
  return { send, json };
}

/** The idempotency key as a header can carry it: other characters and great lengths are hashed, equal keys staying equal. */
export function headerKey(key: string): string {
  return /^[\x21-\x7e]{1,255}$/.test(key) ? key : createHash('sha256').update(key).digest('hex');
}

async function exchange(settings: HttpSettings, request: HttpRequest): Promise<HttpReply> {
  const watch = new Watch(request);
  try {
    const response = await follow(settings, request, watch.signal);
    if (!response.ok) {
      const wait = retryAfterMs(response.headers, settings.now());
      throw statusError(settings, response.status, placeOf(request), wait === undefined ? {} : { retryAfterMs: wait });
    }
    const type = response.headers.get('content-type') ?? 'no media type';
    if (!type.toLowerCase().startsWith(request.accepts))
      throw garbage(settings, placeOf(request), `its media type is not ${request.accepts}`);
    const bytes = await read(settings, request, response, watch);
    watch.done();
    return { headers: response.headers, bytes };
  } catch (thrown) {
    if (thrown instanceof OmniError) throw thrown;
    throw watch.ended(settings, placeOf(request)) ?? networkError(settings, placeOf(request), thrown);
  } finally {
    watch.close();
  }
}

/** Redirects within the same origin are followed; any other is refused, since it would carry the key away. */
async function follow(settings: HttpSettings, request: HttpRequest, signal: AbortSignal): Promise<Response> {
  const { method, body, idempotencyKey } = request;
  const headers = {
    accept: request.accepts.endsWith('/') ? `${request.accepts}*` : request.accepts,
    ...settings.headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': headerKey(idempotencyKey) }),
  };
  const sent = {
    method,
    headers,
    signal,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  } as const;
  let url = new URL(settings.baseUrl + request.path);
  for (let hops = 0; ; hops += 1) {
    const response = await fetch(url, sent);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    // 301 to 303 may turn a POST into a GET, which no API of ours means.
    const keepsMethod = method === 'GET' || response.status === 307 || response.status === 308;
    if (next?.origin !== url.origin || !keepsMethod || hops >= MAX_REDIRECTS)
      throw new OmniError(
        'tool-error',
        `${settings.provider} redirects ${placeOf(request)} to where requests do not follow. Check ${settings.baseUrlVariable}.`,
        { provider: settings.provider, retryable: false },
      );
    await response.body?.cancel();
    url = next;
  }
}

async function read(far: FarSide, request: HttpRequest, response: Response, watch: Watch): Promise<Buffer> {
  const cap = request.maxBytes ?? MAX_BYTES;
  const chunks: Uint8Array[] = [];
  let size = 0;
  watch.idle();
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    watch.idle();
    size += chunk.byteLength;
    if (size > cap)
      throw new OmniError(
        'too-large',
        `${far.provider} answered ${placeOf(request)} with more than ${cap} bytes; the rest was not read.`,
        {
          provider: far.provider,
        },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Method and path, never the query. */
function placeOf({ method, path }: HttpRequest): string {
  return `${method} ${path.split('?')[0] ?? path}`;
}
