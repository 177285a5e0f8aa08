/** A stub of a vendor by its routes: who is let in, how it words errors, and what each route answers. */
import type { IncomingHttpHeaders } from 'node:http';
import { startStub, type Answer, type Stub, type StubCall, type StubOptions } from './stub';

/** `POST /repos/:owner/:repo/issues`: parts that begin with a colon match anything and are handed to the route by name. */
export type Routes = Readonly<Record<string, Route>>;
export type Route = (request: RestRequest) => RestAnswer | Promise<RestAnswer>;

export interface RestRequest {
  readonly body: unknown;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly call: StubCall;
  /** Whether a fault will refuse it: then nothing may come of it at the vendor. */
  readonly refused: boolean;
}

export type RestAnswer = RestOutput | Refused;

type RestOutput = (
  | { readonly json: unknown }
  /** An answer of bytes, such as audio. */
  | { readonly bytes: Buffer; readonly mediaType: string }
) & {
  /** 200 unless told. */
  readonly status?: number;
  /** What the vendor bills. */
  readonly usage?: StubCall['usage'];
  /** A well-formed answer that is not what was asked for; unless told an object with one strange member. */
  readonly misfit?: unknown;
};

interface Refused {
  readonly refuse: number;
  readonly message: string;
}

/** For requests that the vendor does not take; stubs are as strict as the vendor's page. */
export const refuse = (status: number, message: string): Refused => ({ refuse: status, message });

export interface RestVendor {
  /** Of the base URL, such as `/api/v1`; empty for none. */
  readonly basePath: string;
  /** Whether the request carries the key, where the vendor wants it. */
  admits(headers: IncomingHttpHeaders, key: string): boolean;
  /** The vendor's error body. Quote the request in it, key and all: a provider that hands it on betrays itself. */
  error(status: number, message: string, call: StubCall): unknown;
  /** The body of a 200 that holds an error, where the vendor does such things; else its usual error body. */
  errorInside?(at: 'body' | 'choice', code: number, call: StubCall): unknown;
  readonly routes: Routes;
}

/** Listens until `close()`; the key is `stub-key` unless told. */
export function startRestStub(vendor: RestVendor, options: StubOptions = {}): Promise<Stub> {
  const key = options.key ?? 'stub-key';
  return startStub({ answer: (call) => answerOf(vendor, call, key) }, { ...options, key, basePath: vendor.basePath });
}

async function answerOf(vendor: RestVendor, call: StubCall, key: string): Promise<Answer> {
  const refused = (status: number, message: string): Answer => ({ status, json: vendor.error(status, message, call) });
  const found = Object.entries(vendor.routes)
    .map(([pattern, route]) => ({ route, method: pattern.split(' ')[0], params: match(pattern, call.path) }))
    .filter(({ params }) => params !== undefined);
  const hit = found.find(({ method }) => method === call.method);
  if (found.length === 0) return refused(404, `no route ${call.path}`);
  if (hit === undefined) return refused(405, `not by ${call.method}`);
  if (!vendor.admits(call.headers, key)) return refused(401, 'no such key');
  const { body, query } = call;
  const refusing = call.fault?.kind === 'status' || call.fault?.kind === 'redirect';
  const answer = await hit.route({ body, query, params: hit.params ?? {}, call, refused: refusing });
  if ('refuse' in answer) return refused(answer.refuse, answer.message);
  const { status, usage, misfit = { surprise: JSON.stringify(call.headers) } } = answer;
  const content =
    'json' in answer
      ? { bytes: Buffer.from(JSON.stringify(answer.json)), mediaType: 'application/json' }
      : { bytes: answer.bytes, mediaType: answer.mediaType };
  return {
    ...content,
    ...(status === undefined ? {} : { status }),
    ...(usage === undefined ? {} : { usage }),
    misfit,
    error: (code) => vendor.error(code, 'refused', call),
    errorInside: (at, code) => (vendor.errorInside ?? ((_, one) => vendor.error(one, 'refused', call)))(at, code, call),
  };
}

function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = (pattern.split(' ')[1] ?? '').split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = decodeURIComponent(given[index] ?? '');
    if (part.startsWith(':') && text !== '') params[part.slice(1)] = text;
    else if (part !== text) return undefined;
  }
  return params;
}
