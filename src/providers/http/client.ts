/** The one outgoing HTTP client: built-in fetch with deadlines, a byte cap and typed errors. It never retries; Temporal does. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { OmniError } from '../../plan/problem';
import { inClientSpan } from '../../tracing/client-span';
import { annotate } from '../../tracing/span';
import { jsonIn, readPieces, readWhole } from './body';
import type { Door } from './door';
import { EventReader } from './event-reader';
import { garbage, misfit, networkError, statusError, type FarSide, type Words } from './http-error';
import { retryAfterMs } from './retry-after';
import { Watch } from './watch';

export interface HttpSettings extends FarSide {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Whether the operator chose the base URL; `false` for one that came with a definition or a request. */
  readonly trusted: boolean;
  readonly door: Door;
  /** Sent with every request to the base URL's origin: the key and what else the vendor asks for. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What a refusal means where the status alone says too little. */
  readonly refusal?: ((refusal: Refusal) => Verdict | undefined) | undefined;
  /** The status that the vendor hides inside a 200; undefined when the body is no error. */
  readonly statusInside?: ((body: unknown) => number | undefined) | undefined;
}

export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  /** The error body if it is JSON of at most 64 KiB. It may be looked at, never handed on: vendors quote requests and keys in it. */
  readonly body: unknown;
}

/** Every member that is absent is decided by the status and the headers as usual. */
export interface Verdict {
  /** The status that it should have had: 429 for a 403 that means "slower". */
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly retryable?: boolean;
  /** In place of what the status usually means; fixed words of the provider's file, never the vendor's. */
  readonly words?: Words;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Begins with a slash and is added to the base URL. Or a whole address that the vendor answered with: at another origin it is
   * asked without the headers that hold the key, and only if it is public.
   */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent in place of `body`: a form, a form with files, or bytes with their media type. */
  readonly content?: URLSearchParams | FormData | RawContent;
  /** For this request alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request and closes its socket. */
  readonly signal: AbortSignal;
  /** Bound of the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Longest silence in the middle of a body, in milliseconds; 15 seconds unless told. Before the first byte only the bound of the whole counts, because models think silently. */
  readonly idleMs?: number;
  /** Largest body after decompression, in bytes; 4 MiB unless told. */
  readonly maxBytes?: number;
  /** What the answer must be, as a media type or its beginning: `application/json`, `audio/`; empty for anything. */
  readonly accepts: string;
  readonly idempotencyKey?: string;
  /** Which status codes are answers; 200 to 299 unless told. */
  readonly expects?: (status: number) => boolean;
  /** What error texts call it; method and path unless told. */
  readonly place?: string;
  /** Told when an answer begins and as it grows. */
  readonly onAnswer?: (answer: AnswerSoFar) => void;
}

export interface AnswerSoFar {
  readonly status: number;
  /** Of the body, after decompression. */
  readonly bytes: number;
}

export interface RawContent {
  readonly mediaType: string;
  readonly bytes: string | Uint8Array;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

export interface HttpClient {
  /** Throws `OmniError` for everything but an answer of an expected status and of the accepted media type within its bounds. */
  send(request: HttpRequest): Promise<HttpReply>;
  /** `send`, and the body parsed; with a schema anything else is a `tool-error` that names the misfits by pointer. */
  json<T = unknown>(request: HttpRequest, schema?: z.ZodType<T>): Promise<T>;
  /**
   * `send`, for an answer of server-sent events: `take` is given their data as they come, those of one look at a time, and nothing of
   * them is kept. What `take` throws ends the exchange. A JSON answer is taken all the same, and given back parsed.
   */
  events(
    request: Omit<HttpRequest, 'accepts' | 'headers' | 'maxBytes'>,
    take: (events: readonly string[]) => void,
  ): Promise<unknown>;
}

const MAX_BYTES = 4 * 1024 * 1024;
/** Of events, of which none is kept; each of them may have `MAX_BYTES`. */
const MAX_STREAM_BYTES = 32 * 1024 * 1024;
const EVENTS = 'text/event-stream';
const JSON_TYPE = 'application/json';
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_REDIRECTS = 3;
const SUCCESS = (status: number): boolean => status >= 200 && status <= 299;

export function createHttp(settings: HttpSettings): HttpClient {
  const send = (request: HttpRequest): Promise<HttpReply> => exchange(settings, request, whole);
  const jsonOf = (bytes: Buffer, request: Pick<HttpRequest, 'method' | 'path' | 'place'>): unknown => {
    const body = jsonIn(bytes);
    // The parser's own message quotes the body, so nothing of it is kept.
    if (body === undefined) throw garbage(settings, placeOf(request), 'it is not JSON');
    const status = settings.statusInside?.(body);
    if (status !== undefined) throw statusError(settings, status, placeOf(request));
    return body;
  };
  return {
    send,
    async json<T>(request: HttpRequest, schema?: z.ZodType<T>): Promise<T> {
      const { bytes } = await send(request);
      const body = jsonOf(bytes, request);
      const parsed = schema?.safeParse(body);
      if (parsed?.success === false) throw misfit(settings, placeOf(request), parsed.error);
      return parsed?.data ?? (body as T);
    },
    events: (request, take) =>
      exchange(
        settings,
        { ...request, accepts: JSON_TYPE, headers: { accept: `${EVENTS}, ${JSON_TYPE}` } },
        (answer) =>
          isOf(answer.response, EVENTS)
            ? events(answer, take)
            : whole(answer).then(({ bytes }) => jsonOf(bytes, request)),
      ),
  };
}

/** The idempotency key as a header can carry it: other characters and great lengths are hashed, equal keys staying equal. */
export function headerKey(key: string): string {
  return /^[\x21-\x7e]{1,255}$/.test(key) ? key : createHash('sha256').update(key).digest('hex');
}

/** An answer of success whose body is still to be read. */
interface Begun {
  readonly settings: HttpSettings;
  readonly request: HttpRequest;
  readonly response: Response;
  readonly watch: Watch;
}

/** One span, whatever was redirected within the origin. */
function exchange<T>(settings: HttpSettings, request: HttpRequest, read: (answer: Begun) => Promise<T>): Promise<T> {
  const { method } = request;
  const terms = { address: addressOf(settings, request), attributes: { 'http.request.method': method } };
  return inClientSpan(method, terms, () => exchanged(settings, request, read));
}

async function exchanged<T>(
  settings: HttpSettings,
  request: HttpRequest,
  read: (answer: Begun) => Promise<T>,
): Promise<T> {
  const watch = new Watch(request);
  try {
    const response = await follow(settings, request, watch.signal);
    const { status } = response;
    annotate({ 'http.response.status_code': status });
    request.onAnswer?.({ status, bytes: 0 });
    if (!(request.expects ?? SUCCESS)(status)) throw await refused(settings, request, { response, watch });
    const result = await read({ settings, request, response, watch });
    watch.done();
    return result;
  } catch (thrown) {
    if (thrown instanceof OmniError) throw thrown;
    throw watch.ended(settings, placeOf(request)) ?? networkError(settings, placeOf(request), thrown);
  } finally {
    watch.close();
  }
}

function isOf(response: Response, type: string): boolean {
  return (response.headers.get('content-type') ?? 'no media type').toLowerCase().startsWith(type);
}

async function whole({ settings, request, response, watch }: Begun): Promise<HttpReply> {
  const { status, headers } = response;
  if (!isOf(response, request.accepts))
    throw garbage(settings, placeOf(request), `its media type is not ${request.accepts}`);
  const grown = (bytes: number): void => request.onAnswer?.({ status, bytes });
  const bytes = await readWhole(response, watch, { cap: request.maxBytes ?? MAX_BYTES, grown });
  if (bytes === undefined) throw tooLarge(settings, request, request.maxBytes);
  return { status, headers, bytes };
}

async function events(
  { settings, request, response, watch }: Begun,
  take: (events: readonly string[]) => void,
): Promise<undefined> {
  const { status } = response;
  const reader = new EventReader(MAX_BYTES);
  const within = await readPieces(response, watch, {
    cap: MAX_STREAM_BYTES,
    grown: (bytes) => request.onAnswer?.({ status, bytes }),
    take(piece) {
      const read = reader.read(piece);
      if (read === 'encoding') throw garbage(settings, placeOf(request), 'it is not UTF-8');
      if (read === 'too-large') throw tooLarge(settings, request);
      if (read.length > 0) take(read);
    },
  });
  if (!within) throw tooLarge(settings, request, MAX_STREAM_BYTES);
}

/** Redirects within the same origin are followed; any other is refused, since it would carry the key away. */
async function follow(settings: HttpSettings, request: HttpRequest, signal: AbortSignal): Promise<Response> {
  const base = new URL(settings.baseUrl);
  let url = new URL(addressOf(settings, request));
  const home = url.origin === base.origin;
  if (!/^https?:$/.test(url.protocol) || url.username + url.password !== '')
    throw garbage(settings, placeOf(request), 'it names an address that requests do not go to');
  const sent = {
    method: request.method,
    headers: headersOf(request, home ? settings.headers : {}),
    signal,
    redirect: 'manual',
    ...bodyOf(request),
    // Node's fetch takes undici's dispatchers; the types of the web's fetch do not know them.
    dispatcher: home && settings.trusted ? settings.door.open : settings.door.guarded,
  } as const;
  for (let hops = 0; ; hops += 1) {
    const response = await fetch(url, sent as unknown as RequestInit);
    const location = response.headers.get('location');
    const answers = response.status < 300 || response.status > 399 || location === null;
    if (answers || request.expects?.(response.status) === true) return response;
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    // 301 to 303 may turn a POST into a GET, which no API of ours means.
    const keepsMethod = /^(GET|HEAD)$/.test(request.method) || response.status === 307 || response.status === 308;
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

function addressOf({ baseUrl }: HttpSettings, { path }: HttpRequest): string {
  return path.startsWith('/') ? baseUrl + path : path || baseUrl;
}

function headersOf(request: HttpRequest, own: Readonly<Record<string, string>>): Record<string, string> {
  const { accepts, body, content, idempotencyKey } = request;
  const raw = content !== undefined && 'mediaType' in content ? content.mediaType : undefined;
  const type = raw ?? (body === undefined ? undefined : 'application/json');
  return {
    accept: accepts === '' ? '*/*' : accepts.endsWith('/') ? `${accepts}*` : accepts,
    ...own,
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': headerKey(idempotencyKey) }),
    ...request.headers,
  };
}

function bodyOf({ body, content }: HttpRequest): { readonly body?: URLSearchParams | FormData | string | Uint8Array } {
  if (content !== undefined) return { body: 'mediaType' in content ? content.bytes : content };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

/** The error for a status outside of 2xx; its body is read only where the vendor's file looks into it. */
async function refused(
  settings: HttpSettings,
  request: HttpRequest,
  { response, watch }: { readonly response: Response; readonly watch: Watch },
): Promise<OmniError> {
  const { status, headers } = response;
  const verdict = settings.refusal?.({ status, headers, body: await errorBody(response, watch) });
  const wait = verdict?.retryAfterMs ?? retryAfterMs(headers, settings.now());
  return statusError(settings, verdict?.status ?? status, placeOf(request), {
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(verdict?.retryable === undefined ? {} : { retryable: verdict.retryable }),
    ...(verdict?.words === undefined ? {} : { words: verdict.words }),
  });

  async function errorBody(from: Response, clock: Watch): Promise<unknown> {
    if (settings.refusal === undefined) return undefined;
    const bytes = await readWhole(from, clock, { cap: MAX_ERROR_BYTES }).catch(() => undefined);
    return bytes === undefined ? undefined : jsonIn(bytes);
  }
}

function tooLarge({ provider }: FarSide, request: HttpRequest, cap = MAX_BYTES): OmniError {
  const detail = `${provider} answered ${placeOf(request)} with more than ${cap} bytes; the rest was not read.`;
  return new OmniError('too-large', detail, { provider });
}

/** Parts of a vendor's addresses, and ids; not what a step has put there, which may be anything. */
const PLAIN_PART = /^[\w.:-]{0,64}$/;

/** Method and path, never the query, nor parts of the path that are more than a name; of another origin nothing but that it is one. */
function placeOf({ method, path, place }: Pick<HttpRequest, 'method' | 'path' | 'place'>): string {
  if (place !== undefined) return place;
  if (!path.startsWith('/')) return `${method} of an address that it gave`;
  const parts = (path.split('?')[0] ?? path).split('/');
  return `${method} ${parts.map((part) => (PLAIN_PART.test(part) ? part : '…')).join('/')}`;
}
