/** The ways to an MCP server: a child process under guard, or HTTP through the guarded door. */
import path from 'node:path';
import type { FetchLike, Transport } from '@modelcontextprotocol/client' with { 'resolution-mode': 'import' };
import type { Door } from '../http/door';
import { statusError } from '../http/http-error';
import { retryAfterMs } from '../http/retry-after';
import { CUT } from './fault';
import type { McpServer } from './server';

/** Plain JavaScript beside this file, in the sources and in the build alike. */
const GUARD = path.join(__dirname, 'guard.mjs');

/** Of one line or one HTTP answer. */
const MAX_BYTES = 8 * 1024 * 1024;

/** To take a notification; nobody waits for it. */
const NOTICE_MS = 10_000;

export interface TransportSettings {
  readonly door: Door;
  /** What the server writes to its standard error, as it comes; may hold anything. */
  readonly onOutput?: (text: string) => void;
  /** Milliseconds that a server may take to start and to agree on a version; 50 s unless told. */
  readonly startMs?: number;
}

export async function openTransport(server: McpServer, { door, onOutput }: TransportSettings): Promise<Transport> {
  return 'command' in server.source ? startChild(server, onOutput) : openHttp(server, door);
}

async function startChild({ source, values, cwd }: McpServer, onOutput?: (text: string) => void): Promise<Transport> {
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
  // For a class of its own the client asks for the protocol's version on this very process; for theirs it would start a second one.
  class ChildTransport extends StdioClientTransport {}
  const { command, args } = source as Extract<typeof source, { command: string }>;
  const transport = new ChildTransport({
    command: process.execPath,
    args: [GUARD, command, ...args],
    env: { ...values },
    stderr: 'pipe',
    maxBufferSize: MAX_BYTES,
    ...(cwd === undefined ? {} : { cwd }),
  });
  transport.stderr?.on('data', (chunk: Buffer) => onOutput?.(chunk.toString('utf8').trimEnd()));
  return transport;
}

async function openHttp({ source, values, far }: McpServer, door: Door): Promise<Transport> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const { url } = source as Extract<typeof source, { url: string }>;
  const ask: FetchLike = async (to, init) => {
    // A standing stream would hold a socket for notifications that nobody waits for; 405 says that there is none.
    if (init?.method === 'GET' && !new Headers(init.headers).has('last-event-id'))
      return new Response(null, { status: 405 });
    const response = await fetch(to, { ...init, dispatcher: door.guarded } as unknown as RequestInit);
    const wait = response.ok ? undefined : retryAfterMs(response.headers, Date.now());
    if (wait === undefined) return capped(response);
    await response.body?.cancel();
    throw statusError(far, response.status, 'a request', { retryAfterMs: wait });
  };
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...values } },
    fetch: ask,
  });
  return endingStreams(transport);
}

/**
 * Requests whose answer breaks off fail at once, not at their deadline; and the answer to a request that is cancelled is no longer
 * read, where the protocol before 2026-07-28 would keep its socket until the server minds the cancellation.
 */
function endingStreams(transport: Transport): Transport {
  const streams = new Map<string | number, AbortController>();
  const send = transport.send.bind(transport);
  transport.onmessage = (message) => {
    if (!('method' in message) && message.id !== undefined) streams.delete(message.id);
  };
  transport.send = async (message, options) => {
    if (!('method' in message)) return send(message, options);
    if (!('id' in message)) {
      const sent = send(message, { ...options, requestSignal: AbortSignal.timeout(NOTICE_MS) });
      const cancelled = message.method === 'notifications/cancelled' ? message.params?.['requestId'] : undefined;
      streams.get(cancelled as string | number)?.abort();
      streams.delete(cancelled as string | number);
      return sent;
    }
    const { id } = message;
    const stream = new AbortController();
    const cut = { jsonrpc: '2.0', id, error: { code: CUT, message: 'The answer broke off.' } } as const;
    streams.set(id, stream);
    options?.requestSignal?.addEventListener('abort', () => streams.delete(id), { once: true });
    try {
      await send(message, {
        ...options,
        requestSignal: options?.requestSignal ?? stream.signal,
        onRequestStreamEnd: () => {
          if (streams.delete(id)) transport.onmessage?.(cut);
        },
      });
    } catch (error) {
      streams.delete(id);
      throw error;
    }
  };
  return transport;
}

/** The answer with an end to its size. */
function capped(response: Response): Response {
  if (response.body === null) return response;
  let bytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) controller.error(new Error(`more than ${MAX_BYTES} bytes`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
}
