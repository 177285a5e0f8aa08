/** The life of the connection to one MCP server: opened by the first call, opened anew after it broke, closed with the platform. */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js' with { 'resolution-mode': 'import' };
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js' with { 'resolution-mode': 'import' };
import { OmniError } from '../../plan/problem';
import { garbage } from '../http/http-error';
import { callError } from './fault';
import type { Offer } from './lock';
import type { McpServer } from './server';
import { unusable } from './server';
import type { TransportSettings } from './transport';
import { openTransport } from './transport';

export interface McpConnection {
  /** What it offers now, by the tools' own names. */
  offers(call: Bounds): Promise<ReadonlyMap<string, Offer>>;
  call(tool: string, input: Readonly<Record<string, unknown>>, call: ToolBounds): Promise<CallToolResult>;
  ping(call: Bounds): Promise<void>;
  close(): Promise<void>;
}

export interface Bounds {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface ToolBounds extends Bounds {
  /** Whether nothing is lost when the call is made again. */
  readonly repeatable: boolean;
}

interface Session {
  readonly client: Client;
  offers: ReadonlyMap<string, Offer>;
  /** Milliseconds since 1970; 0 when the server said that they have changed. */
  listedAt: number;
}

/** To start a process that compiles itself first, and to ask it what it has. */
const START_MS = 30_000;
/** What a server offers is looked at again after so long, whether or not it said that something changed. */
const FRESH_MS = 60_000;
const MAX_TOOLS = 1_000;

export function createConnection(server: McpServer, settings: TransportSettings): McpConnection {
  const { far } = server;
  let current: Promise<Session> | undefined;
  let closed = false;

  async function open(forget: () => void): Promise<Session> {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
    const { ToolListChangedNotificationSchema } = await import('@modelcontextprotocol/sdk/types.js');
    const client = new Client({ name: 'omni-mcp', version: '1.0.0' }, { capabilities: {} });
    client.onclose = forget;
    try {
      await client.connect(await openTransport(server, settings), { timeout: START_MS });
      const session: Session = { client, offers: await listed(client), listedAt: Date.now() };
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => void (session.listedAt = 0));
      return session;
    } catch (thrown) {
      await client.close().catch(() => undefined);
      throw callError(server, 'initialize', { thrown, repeatable: true });
    }
  }

  /** All calls wait for the same start; one that is cancelled leaves it to the others. */
  async function session({ signal }: Bounds): Promise<Session> {
    if (server.unconfigured !== undefined) throw unusable(server);
    if (closed) throw new OmniError('provider-unavailable', `${far.provider} is closed.`, { provider: far.provider });
    if (current === undefined) {
      const opening: Promise<Session> = open(() => {
        if (current === opening) current = undefined;
      });
      current = opening;
      opening.catch(() => {
        if (current === opening) current = undefined;
      });
    }
    return unlessAborted(current, signal);
  }

  async function listed(client: Client): Promise<ReadonlyMap<string, Offer>> {
    const offers = new Map<string, Offer>();
    let cursor: string | undefined;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: START_MS });
      for (const tool of page.tools) {
        if (offers.has(tool.name)) throw garbage(far, 'tools/list', 'it names a tool twice');
        offers.set(tool.name, offerOf(tool));
      }
      if (offers.size > MAX_TOOLS) throw garbage(far, 'tools/list', `it has more than ${MAX_TOOLS} tools`);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return offers;
  }

  async function asked<T>(what: string, bounds: ToolBounds, ask: (client: Client) => Promise<T>): Promise<T> {
    const { client } = await session(bounds);
    try {
      return await ask(client);
    } catch (thrown) {
      if (bounds.signal.aborted) throw bounds.signal.reason;
      const error = callError(server, what, { thrown, repeatable: bounds.repeatable });
      // A session that the server has forgotten is not worth keeping.
      if (error.problem.type === 'not-found') await client.close().catch(() => undefined);
      throw error;
    }
  }

  return {
    async offers(bounds) {
      const open = await session(bounds);
      if (Date.now() - open.listedAt > FRESH_MS) {
        open.offers = await asked('tools/list', { ...bounds, repeatable: true }, listed);
        open.listedAt = Date.now();
      }
      return open.offers;
    },
    async call(tool, input, bounds) {
      const { CallToolResultSchema } = await import('@modelcontextprotocol/sdk/types.js');
      const { signal, timeoutMs: timeout } = bounds;
      const request = { method: 'tools/call' as const, params: { name: tool, arguments: { ...input } } };
      return asked(`tools/call ${tool}`, bounds, (client) =>
        client.request(request, CallToolResultSchema, { signal, timeout }),
      );
    },
    async ping(bounds) {
      const { signal, timeoutMs: timeout } = bounds;
      await asked('ping', { ...bounds, repeatable: true }, (client) => client.ping({ signal, timeout }));
    },
    async close() {
      closed = true;
      const open = await current?.catch(() => undefined);
      await open?.client.close();
    },
  };
}

function offerOf({ title, description = '', inputSchema, outputSchema }: Tool): Offer {
  return {
    ...(title === undefined ? {} : { title }),
    description,
    input: inputSchema as Offer['input'],
    ...(outputSchema === undefined ? {} : { output: outputSchema as Offer['input'] }),
  };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) return fail();
    signal.addEventListener('abort', fail, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', fail));
  });
}
