/** One opened connection to an MCP server: the version of the protocol agreed on, and what it offers, asked anew when that has aged. */
import type { Client, ConnectOptions, Tool } from '@modelcontextprotocol/client' with { 'resolution-mode': 'import' };
import { garbage } from '../http/http-error';
import { shapeOf } from './fault';
import type { Offer } from './lock';
import type { McpServer } from './server';
import { openTransport, type TransportSettings } from './transport';

export type Offers = ReadonlyMap<string, Offer>;

export interface Session {
  readonly client: Client;
  /** What it offers now, by the tools' own names. */
  offers(): Promise<Offers>;
  /** Collects the methods by which the server asks back while `work` is the only one under way; told apart they cannot be. */
  asking<T>(work: (asked: ReadonlySet<string>) => Promise<T>): Promise<T>;
  /** Whether the server said by this that it has forgotten the session, and did nothing. */
  forgotten(thrown: unknown): boolean;
  close(): Promise<void>;
}

export interface SessionSettings extends TransportSettings {
  /** Whether the server is known to speak none but the protocol before 2026-07-28. */
  readonly old: boolean;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  readonly onClose: () => void;
}

/** To start a program that compiles itself first, and to agree with it. */
const START_MS = 50_000;
/** The part of it after which a program that is silent is asked by `initialize`: some know no other question. */
const DISCOVER_PART = 0.4;
const LIST_MS = 30_000;
/** What a server offers is asked again after so long, whether or not it said that something changed. */
const FRESH_MS = 60_000;
const MAX_TOOLS = 1_000;
const MAX_PAGES = 50;
/** To say goodbye. */
const LEAVE_MS = 2_000;

/** Versions 2026-07-28 and those before it, down to 2024-11-05: whichever the server speaks, newest first. */
export async function openSession(server: McpServer, settings: SessionSettings): Promise<Session> {
  const initialize: ConnectOptions = { prior: { kind: 'legacy' } };
  if (settings.old) return connected(server, settings, initialize);
  try {
    return await connected(server, settings, {});
  } catch (thrown) {
    // Some programs of the older protocol end at any question before initialize.
    if (!('command' in server.source) || shapeOf(thrown).code !== 'ERA_NEGOTIATION_FAILED') throw thrown;
    return connected(server, settings, initialize);
  }
}

async function connected(server: McpServer, settings: SessionSettings, how: ConnectOptions): Promise<Session> {
  const { Client } = await import('@modelcontextprotocol/client');
  const { signal, startMs = START_MS } = settings;
  const client = new Client(
    { name: 'omni-mcp', version: '1.0.0' },
    {
      capabilities: {},
      versionNegotiation: { mode: 'auto', probe: { timeoutMs: startMs * DISCOVER_PART } },
      listMaxPages: MAX_PAGES,
    },
  );
  client.onclose = settings.onClose;
  const transport = await openTransport(server, settings);
  const late = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
  const give = (): void => void transport.close().catch(() => undefined);
  // Not every part of the agreement has an end of its own.
  late.addEventListener('abort', give, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect(transport, { timeout: startMs, ...how });
  } catch (thrown) {
    await client.close().catch(() => undefined);
    throw late.aborted && !signal.aborted ? Object.assign(new Error('late'), { code: 'REQUEST_TIMEOUT' }) : thrown;
  } finally {
    late.removeEventListener('abort', give);
  }
  return {
    client,
    offers: freshOffers(server, client),
    asking: askingBack(client),
    forgotten(thrown) {
      const { status } = shapeOf(thrown);
      return client.transport?.sessionId !== undefined && (status === 404 || status === 400);
    },
    async close() {
      const { transport } = client;
      if (transport?.sessionId !== undefined && 'terminateSession' in transport)
        await withinLeave((transport as { terminateSession(): Promise<void> }).terminateSession());
      await client.close();
    },
  };
}

function freshOffers({ far, source }: McpServer, client: Client): Session['offers'] {
  let known: Promise<Offers> | undefined;
  let staleAt = Infinity;
  const changed = (): void => void (known = undefined);
  client.setNotificationHandler('notifications/tools/list_changed', changed);
  const listens = 'command' in source && client.getProtocolEra() === 'modern';
  // Over HTTP this would be a standing stream; there the age of the list must do.
  if (listens && client.getServerCapabilities()?.tools?.listChanged === true)
    void client.listen({ toolsListChanged: true }, { timeout: LIST_MS }).catch(() => undefined);

  async function listed(): Promise<Offers> {
    if (client.getServerCapabilities()?.tools === undefined) return new Map();
    const bounds = { signal: AbortSignal.timeout(LIST_MS), timeout: LIST_MS, cacheMode: 'refresh' } as const;
    const { tools, ...hints } = await client.listTools({}, bounds);
    const offers = new Map(tools.map((tool) => [tool.name, offerOf(tool)]));
    if (offers.size < tools.length) throw garbage(far, 'tools/list', 'it names a tool twice');
    if (offers.size > MAX_TOOLS) throw garbage(far, 'tools/list', `it has more than ${MAX_TOOLS} tools`);
    const { ttlMs } = hints as { readonly ttlMs?: unknown };
    staleAt = Date.now() + Math.min(FRESH_MS, typeof ttlMs === 'number' ? Math.max(0, ttlMs) : FRESH_MS);
    return offers;
  }

  return () => {
    if (known !== undefined && Date.now() < staleAt) return known;
    staleAt = Infinity;
    const asking = listed();
    known = asking;
    asking.catch(() => {
      if (known === asking) known = undefined;
    });
    return asking;
  };
}

/** Requests of the server are refused; the client's own answer to `ping` aside. */
function askingBack(client: Client): Session['asking'] {
  const under = new Set<Set<string>>();
  client.fallbackRequestHandler = ({ method }) => {
    const [only] = under;
    if (under.size === 1) only?.add(method);
    return Promise.reject(Object.assign(new Error('Method not found'), { code: -32601 }));
  };
  return async (work) => {
    const asked = new Set<string>();
    under.add(asked);
    try {
      return await work(asked);
    } finally {
      under.delete(asked);
    }
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

async function withinLeave(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LEAVE_MS)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
