/** The life of the connection to one MCP server: opened by the first call, opened anew after it broke, closed with the platform. */
import type { CallToolResult, Tool } from '@modelcontextprotocol/client' with { 'resolution-mode': 'import' };
import { OmniError } from '../../plan/problem';
import { TRACE_HEADER } from '../../plan/trace';
import { activeTraceparent } from '../../tracing/span';
import { asksBack, callError } from './fault';
import type { Offer } from './lock';
import type { McpServer } from './server';
import { unusable } from './server';
import { openSession, type Offers, type Session } from './session';
import type { TransportSettings } from './transport';

export interface McpConnection {
  /** What it offers now, by the tools' own names. */
  offers(call: Bounds): Promise<Offers>;
  call(tool: string, input: Readonly<Record<string, unknown>>, call: ToolBounds): Promise<ToolAnswer>;
  ping(call: Bounds): Promise<void>;
  close(): Promise<void>;
}

export interface Bounds {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface ToolBounds extends Bounds {
  /** As it was approved. */
  readonly offer: Offer;
}

export interface ToolAnswer {
  readonly result: CallToolResult;
  /** Methods by which the server asked back before it answered, which it was refused. */
  readonly asked: ReadonlySet<string>;
}

/** A program that ends again and again is let rest. */
const MAX_STARTS = 5;
const STARTS_WITHIN_MS = 60_000;

export function createConnection(server: McpServer, settings: TransportSettings): McpConnection {
  const { far, source } = server;
  let current: Promise<Session> | undefined;
  const closing = new AbortController();
  const closedError = new OmniError('provider-unavailable', `${far.provider} is closed.`, {
    provider: far.provider,
    undone: true,
  });
  let old = false;
  /** Milliseconds since 1970. */
  let starts: readonly number[] = [];

  async function open(forget: () => void): Promise<Session> {
    try {
      const session = await openSession(server, { ...settings, old, signal: closing.signal, onClose: forget });
      old = 'command' in source && session.client.getProtocolEra() === 'legacy';
      return session;
    } catch (thrown) {
      // It may be another program by now.
      old = false;
      throw callError(server, 'initialize', { thrown });
    }
  }

  function noteStart(): void {
    const now = Date.now();
    starts = [...starts.filter((at) => at > now - STARTS_WITHIN_MS), now];
    const [first = now] = starts;
    if (starts.length <= MAX_STARTS || 'url' in source) return;
    starts = starts.slice(0, -1);
    const retryAfterMs = first + STARTS_WITHIN_MS - now;
    throw new OmniError(
      'provider-unavailable',
      `${far.provider} was started ${MAX_STARTS} times within a minute and ended each time; it rests for ${Math.ceil(retryAfterMs / 1000)} s. What it wrote is in the log at the level debug.`,
      { provider: far.provider, retryAfterMs, undone: true },
    );
  }

  /** All calls wait for the same start; one that is cancelled leaves it to the others. */
  async function session({ signal }: Bounds): Promise<Session> {
    if (server.unconfigured !== undefined) throw unusable(server);
    if (closing.signal.aborted) throw closedError;
    if (current === undefined) {
      noteStart();
      const forget = (): void => {
        if (current === opening) current = undefined;
      };
      const opening: Promise<Session> = open(forget);
      current = opening;
      opening.catch(forget);
    }
    return unlessAborted(current, signal);
  }

  async function asked<T>(
    what: string,
    bounds: Bounds,
    ask: (session: Session, asked: ReadonlySet<string>) => Promise<T>,
    again = true,
  ): Promise<T> {
    const open = await session(bounds);
    return open.asking(async (askedBack) => {
      try {
        return await ask(open, askedBack);
      } catch (thrown) {
        if (bounds.signal.aborted) throw bounds.signal.reason;
        if (!open.forgotten(thrown) || !again) throw callError(server, what, { thrown, asked: askedBack });
        await open.close();
      }
      return asked(what, bounds, ask, false);
    });
  }

  return {
    async offers(bounds) {
      return asked('tools/list', bounds, (open) => unlessAborted(open.offers(), bounds.signal));
    },
    async call(tool, input, bounds) {
      const { signal, timeoutMs: timeout, offer } = bounds;
      const what = `tools/call ${tool}`;
      // The answer is checked against the contract; the input's schema says which parts are sent as headers too.
      const toolDefinition = { name: tool, inputSchema: offer.input as Tool['inputSchema'] };
      return asked(what, bounds, async ({ client }, askedBack) => {
        const within = activeTraceparent();
        const _meta = within && { _meta: { [TRACE_HEADER]: within } };
        const params = { name: tool, arguments: { ...input }, ..._meta };
        const result = await client.callTool(params, { signal, timeout, toolDefinition, allowInputRequired: true });
        const { inputRequests } = result as { readonly inputRequests?: Readonly<Record<string, { method: string }>> };
        if ((result as { readonly resultType?: unknown }).resultType !== 'input_required')
          return { result, asked: askedBack };
        throw asksBack(
          server,
          what,
          Object.values(inputRequests ?? {}).map(({ method }) => method),
        );
      });
    },
    async ping(bounds) {
      const options = { signal: bounds.signal, timeout: bounds.timeoutMs };
      await asked('ping', bounds, ({ client }) =>
        client.getProtocolEra() === 'modern' ? client.discover(options) : client.ping(options),
      );
    },
    async close() {
      closing.abort(closedError);
      const open = await current?.catch(() => undefined);
      await open?.close();
    },
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
