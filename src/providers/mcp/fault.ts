/** What a broken exchange with an MCP server means to us; nothing of what the server wrote goes into the texts. */
import { OmniError, type BuiltInProblemType } from '../../plan/problem';
import { garbage, networkError, statusError } from '../http/http-error';
import type { McpServer } from './server';

/** Code of an answer that broke off, as the transport tells it; no server can send it. */
export const CUT = Number.MIN_SAFE_INTEGER;

/** Codes of the client library (https://ts.sdk.modelcontextprotocol.io/v2/), which never cross the wire. */
const GONE: readonly unknown[] = ['CONNECTION_CLOSED', 'NOT_CONNECTED', CUT];
const MISFITS: readonly unknown[] = ['INVALID_RESULT', 'UNSUPPORTED_RESULT_TYPE', 'CLIENT_HTTP_UNEXPECTED_CONTENT'];

type Meaning = readonly [BuiltInProblemType, says: string, retryable: boolean];

/** JSON-RPC's codes and the protocol's own (https://modelcontextprotocol.io/specification/2026-07-28/basic). */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  [-32601]: ['tool-error', 'does not know the method', false],
  [-32602]: ['validation', 'refuses the input', false],
};
const NO_VERSION: Meaning = ['tool-error', 'speaks no version of the protocol that we speak', false];
const UNSUPPORTED_VERSION = -32022;

/** A client capability that the server misses (2026-07-28), and a page that somebody should visit first (2025-11-25). */
const CAPABILITY_MISSING = -32021;
const URL_ELICITATION = -32042;

/** What a server may ask back for, by the first word of its method. */
const ASKS: Readonly<Record<string, string>> = {
  elicitation: 'an answer of a person (elicitation)',
  sampling: 'an answer of a model (sampling)',
  roots: 'the folders of the client (roots)',
};

export interface Broken {
  readonly thrown: unknown;
  /** Methods by which the server asked back meanwhile, which it was refused. */
  readonly asked?: ReadonlySet<string>;
}

/** `what`: the method, with the tool's name where it is `tools/call`, which alone has effects. */
export function callError(server: McpServer, what: string, broken: Broken): OmniError {
  const error = meaningOf(server, what, broken);
  if (what.startsWith('tools/call')) return error;
  const { problem, retryable, retryAfterMs } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new OmniError(problem.type, problem.detail, { ...problem, ...wait, retryable, undone: true, cause: error });
}

function meaningOf(server: McpServer, what: string, { thrown, asked }: Broken): OmniError {
  const { source, far } = server;
  const { code, status, data, error } = shapeOf(thrown);
  if (error instanceof OmniError) return error;
  if (status !== undefined) return statusError(far, status, what);
  if (code === CAPABILITY_MISSING) return asksBack(server, what, Object.keys(data['requiredCapabilities'] ?? {}));
  if (code === URL_ELICITATION) return asksBack(server, what, ['elicitation']);
  if (asked !== undefined && asked.size > 0) return asksBack(server, what, [...asked]);
  if (GONE.includes(code)) return ended(server, what);
  if (code === 'REQUEST_TIMEOUT') return failed(server, what, ['timeout', 'did not answer in time', true]);
  if (code === 'LIST_PAGINATION_EXCEEDED') return garbage(far, what, 'it has no last page');
  if (MISFITS.includes(code)) return garbage(far, what, 'it is not what the protocol says');
  const unknown = error instanceof Error && error.message.startsWith("Server's protocol version is not supported");
  if (unknown || code === UNSUPPORTED_VERSION) return failed(server, what, NO_VERSION);
  if (typeof code === 'number')
    return failed(server, what, MEANINGS[code] ?? ['tool-error', `reports the error ${code}`, true]);
  if ('url' in source && !(error instanceof SyntaxError)) return networkError(far, what, error);
  return garbage(far, what, 'it is not what the protocol says');
}

/** `tool-error`: the server wants something of a person, a model or the client before it goes on, and nobody of ours can give it. */
export function asksBack({ far }: McpServer, what: string, methods: readonly string[], message?: string): OmniError {
  const asks = [...new Set(methods.map((method) => method.split('/')[0] ?? ''))].filter((name) => name in ASKS).sort();
  const wants = asks.map((name) => ASKS[name]).join(' and ') || 'something';
  return new OmniError(
    'tool-error',
    `${far.provider} asks back for ${wants} before it does ${what}, which steps cannot give. Hand the tool all it needs in the step's input, or use one that does not ask.`,
    {
      provider: far.provider,
      retryable: false,
      undone: true,
      data: { asks, ...(message === undefined ? {} : { message }) },
    },
  );
}

function ended({ source, far: { provider } }: McpServer, what: string): OmniError {
  const [how, next] =
    'url' in source
      ? ['broke off', 'It can be tried again.']
      : ['ended', 'The next call starts it again. What it wrote is in the log at the level debug.'];
  return new OmniError('provider-unavailable', `${provider} ${how} in the middle of ${what}. ${next}`, { provider });
}

function failed({ far: { provider } }: McpServer, what: string, [type, says, retryable]: Meaning): OmniError {
  // What is refused for good has not been begun.
  return new OmniError(type, `${provider} did not do ${what}: it ${says}.`, {
    provider,
    retryable,
    undone: !retryable,
  });
}

interface Shape {
  readonly code?: unknown;
  /** Of HTTP. */
  readonly status?: number;
  readonly data: Readonly<Record<string, object | undefined>>;
  readonly error: unknown;
}

/** By shape, since errors may come from another realm; of a failed negotiation, what it failed by. */
export function shapeOf(thrown: unknown): Shape {
  if (typeof thrown !== 'object' || thrown === null) return { data: {}, error: thrown };
  const { code, data, cause } = thrown as {
    readonly code?: unknown;
    readonly data?: unknown;
    readonly cause?: unknown;
  };
  if (code === 'ERA_NEGOTIATION_FAILED' && cause !== undefined) return shapeOf(cause);
  const known = typeof data === 'object' && data !== null ? (data as Shape['data'] & { status?: unknown }) : {};
  // An aborted fetch has a number too, from the days when such errors had numbers only.
  const dom = 'name' in thrown && thrown.name === 'AbortError';
  return {
    code: dom ? undefined : code,
    ...('status' in known && typeof known.status === 'number' ? { status: known.status } : {}),
    data: known,
    error: thrown,
  };
}
