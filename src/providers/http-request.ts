/** The provider `http`: any address of the web, through the guarded way out, with the keys that the operator has tied to their origins. */
import type { Environment } from '../config';
import type { HttpCredential } from '../config/shapes';
import type { Json } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { HttpInput, HttpOutput } from '../tools/http-request';
import type { CallContext, Provider, ToolAnswer } from '../tools/tool';
import { createHttp, type HttpReply, type HttpRequest, type Refusal, type Verdict } from './http/client';
import type { Door } from './http/door';
import { garbage, type FarSide } from './http/http-error';
import { isJson } from './openapi/request';
import { fillVariables } from './variables';

export interface HttpProviderSettings {
  readonly credentials: Readonly<Record<string, HttpCredential>>;
  readonly variables: Environment;
  readonly door: Door;
}

const FAR: FarSide = {
  provider: 'http',
  keyVariable: "the step's auth and OMNI_HTTP_CREDENTIALS",
  baseUrlVariable: "the step's url",
};

/** As base64 it stays below the largest value that travels. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What an answer's headers tell of its content and of limits; never cookies. */
const TOLD =
  /^(content-(type|length|language|disposition|range)|etag|last-modified|expires|cache-control|date|link|location|retry-after|(x-)?ratelimit-[\w-]+|x-(request|correlation)-id|x-total-count)$/;

export function createHttpProvider(settings: HttpProviderSettings): Provider {
  return {
    name: FAR.provider,
    title: 'Any address of the web',
    variables: [
      { name: 'OMNI_HTTP_CREDENTIALS', required: false, description: 'Keys by name, each tied to its origins.' },
    ],
    tools: { 'http.request': (input: HttpInput, call) => request(settings, input, call) },
    limits: { concurrent: 50, apart: true },
    honours: 'GET, HEAD, PUT and DELETE are repeated as they are, POST and PATCH only where the step says `repeatable`',
    byPlan: true,
    sources: ['https://www.rfc-editor.org/rfc/rfc9110'],
  };
}

async function request(settings: HttpProviderSettings, input: HttpInput, call: CallContext): Promise<ToolAnswer> {
  const { method = 'GET', expect, headers = {} } = input;
  const url = new URL(input.url);
  if (url.username + url.password !== '') throw refused('/url', 'names a user or a password; use auth');
  const body = bodyOf(input);
  if (/^(GET|HEAD)$/.test(method) && Object.keys(body).length > 0) throw refused('/method', `${method} has no body`);
  const granted = grant(settings, input.auth, url);
  for (const [name, value] of Object.entries(input.query ?? {}))
    for (const one of [value].flat()) url.searchParams.append(name, String(one));
  for (const [name, value] of Object.entries(granted.query)) url.searchParams.set(name, value);
  const http = createHttp({
    ...FAR,
    baseUrl: url.origin,
    trusted: false,
    door: settings.door,
    headers: {},
    now: Date.now,
    refusal,
  });
  const place = `${method} at ${url.host}`;
  const reply = await http.send({
    method,
    path: url.pathname + url.search,
    ...body,
    headers: { ...lowerCase(headers), ...lowerCase(granted.headers) },
    ...(method === 'POST' || method === 'PATCH' ? { idempotencyKey: call.idempotencyKey } : {}),
    ...(expect === undefined ? {} : { expects: (status: number) => expect.includes(status) }),
    maxBytes: MAX_BYTES,
    accepts: '',
    place,
    signal: call.signal,
    timeoutMs: call.timeoutMs,
  });
  return { output: outputOf(reply, { place, secrets: granted.secrets }) };
}

/** 404 and the like say nothing of models here. */
function refusal({ status }: Refusal): Verdict | undefined {
  const says = { 404: 'there is no such thing', 405: 'it does not take this method here' }[status];
  return says === undefined ? undefined : { words: { says, advice: "Check the step's url and method." } };
}

interface Granted {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** What came out of variables: never to stand in an output. */
  readonly secrets: readonly string[];
}

/** What the named credential adds. It goes to its own origins only, whatever an expression made of the address. */
function grant({ credentials, variables }: HttpProviderSettings, name: string | undefined, url: URL): Granted {
  if (name === undefined) return { headers: {}, query: {}, secrets: [] };
  const credential = Object.hasOwn(credentials, name) ? credentials[name] : undefined;
  if (credential === undefined) {
    const known = Object.keys(credentials).join(', ') || 'none';
    throw refused('/auth', `names no credential of OMNI_HTTP_CREDENTIALS, where there are: ${known}`);
  }
  if (!credential.origins.some((origin) => new URL(origin).origin === url.origin))
    throw new OmniError(
      'policy',
      `http was not called: the credential ${name} is not for ${url.host}. Add the origin to OMNI_HTTP_CREDENTIALS if it is meant.`,
      { provider: FAR.provider },
    );
  const headers = fillVariables(credential.headers, variables);
  const query = fillVariables(credential.query, variables);
  const absent = [...headers.absent, ...query.absent];
  // Checked here, because what cannot stand in a header would be quoted by the error of `fetch`.
  const odd = Object.values(headers.filled).some((value) => !/^[\x20-\x7e]*$/.test(value));
  if (absent.length === 0 && !odd)
    return {
      headers: headers.filled,
      query: query.filled,
      secrets: [...headers.secrets, ...query.secrets].flatMap((secret) => [secret, encodeURIComponent(secret)]),
    };
  const mend = odd ? 'its value holds characters that no key has' : `set ${absent.join(' and ')}`;
  throw new OmniError('authentication', `http cannot use the credential ${name}: ${mend}.`, { provider: FAR.provider });
}

function bodyOf({ json, form, text, data, mediaType }: HttpInput): Pick<HttpRequest, 'body' | 'content'> {
  if (json !== undefined) return { body: json };
  if (form !== undefined)
    return {
      content: new URLSearchParams(
        Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]),
      ),
    };
  if (text !== undefined) return { content: { mediaType: mediaType ?? 'text/plain; charset=utf-8', bytes: text } };
  if (data === undefined) return {};
  return { content: { mediaType: mediaType ?? 'application/octet-stream', bytes: Buffer.from(data, 'base64') } };
}

interface Asked {
  readonly place: string;
  readonly secrets: readonly string[];
}

function outputOf({ status, headers, bytes }: HttpReply, { place, secrets }: Asked): HttpOutput {
  // A server that answers with what it was sent must not put our keys into the history.
  const clean = (text: string): string =>
    secrets.reduce((so, secret) => (secret.length < 6 ? so : so.replaceAll(secret, '***')), text);
  const type = headers.get('content-type') ?? '';
  const mediaType = bytes.length === 0 ? '' : (type.split(';')[0] ?? '').trim().toLowerCase();
  const told = [...headers].flatMap(([name, value]) => (TOLD.test(name) ? [[name, clean(value)]] : []));
  const answer = { status, headers: Object.fromEntries(told) as Record<string, string>, mediaType };
  if (bytes.length === 0) return { ...answer, body: null };
  if (!isJson(mediaType) && !/^text\/|[/+]xml$|^application\/(x-ndjson|yaml|javascript)$/.test(mediaType))
    return { ...answer, body: bytes.toString('base64') };
  const text = clean(decoded(bytes, type));
  return { ...answer, body: isJson(mediaType) ? parsed(text, place) : text };
}

function decoded(bytes: Buffer, type: string): string {
  const charset = /;\s*charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

function parsed(text: string, place: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The parser's own message quotes the body, so nothing of it is kept.
    throw garbage(FAR, place, 'it is not JSON');
  }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function refused(pointer: string, detail: string): OmniError {
  return new OmniError('validation', `The input of http.request cannot be used: ${pointer.slice(1)} ${detail}.`, {
    provider: FAR.provider,
    errors: [{ pointer, detail }],
  });
}
