/** The ways to an MCP server: a child process under guard, or HTTP through the guarded door. */
import path from 'node:path';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js' with { 'resolution-mode': 'import' };
import type { Door } from '../http/door';
import type { McpServer } from './server';

/** Plain JavaScript beside this file, in the sources and in the build alike. */
const GUARD = path.join(__dirname, 'guard.mjs');

/** Of one line or one HTTP answer. */
const MAX_BYTES = 8 * 1024 * 1024;

export interface TransportSettings {
  readonly door: Door;
  /** What the server writes to its standard error, as it comes; may hold anything. */
  readonly onOutput?: (text: string) => void;
}

export async function openTransport(server: McpServer, { door, onOutput }: TransportSettings): Promise<Transport> {
  return 'command' in server.source ? startChild(server, onOutput) : openHttp(server, door);
}

async function startChild({ source, values, cwd }: McpServer, onOutput?: (text: string) => void): Promise<Transport> {
  const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const { command, args } = source as Extract<typeof source, { command: string }>;
  const transport = new StdioClientTransport({
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

async function openHttp({ source, values }: McpServer, door: Door): Promise<Transport> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const { url } = source as Extract<typeof source, { url: string }>;
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...values } },
    fetch: async (to, init) => {
      // A standing stream would hold a socket for notifications that nobody waits for; 405 says that there is none.
      if (init?.method === 'GET') return new Response(null, { status: 405 });
      const sent = { ...init, dispatcher: door.guarded } as unknown as RequestInit;
      return capped(await fetch(to, sent), () => void transport.close());
    },
  });
  return transport;
}

/** The answer with an end to its size. One that breaks off would be waited for until the deadline, so the connection goes with it. */
function capped(response: Response, broken: () => void): Response {
  if (response.body === null) return response;
  let bytes = 0;
  const chunks = (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let next: IteratorResult<Uint8Array, unknown>;
      try {
        next = await chunks.next();
        bytes += next.done === true ? 0 : next.value.byteLength;
        if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
      } catch (error) {
        void chunks.return?.().catch(() => undefined);
        controller.error(error);
        broken();
        return;
      }
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
