/** Lets a process delete what is due for as long as it lives, and the namespace keep what is not. */
import type { Connection } from '@temporalio/client';
import type { Catalogue } from '../catalogue/catalogue';
import type { RetentionDependencies } from '../executions/retention';
import { scan, sweep } from '../executions/retention';
import { keepNamespaceFor } from '../temporal/namespace-retention';

export interface RetentionKeeperParts extends RetentionDependencies {
  readonly catalogue: Pick<Catalogue, 'list'>;
  readonly connection: Connection;
  /** Milliseconds between two looks; default a minute. */
  readonly everyMs?: number;
}

const EVERY_MS = 60_000;
/** Temporal deletes what is older than this by itself; the sweep comes first, and takes along what is stored elsewhere. */
const MARGIN_MS = 24 * 60 * 60 * 1000;

/** What goes wrong is logged, and tried again at the next look. */
export function keepRetention(parts: RetentionKeeperParts): { stop(): Promise<void> } {
  const { logger, everyMs = EVERY_MS } = parts;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let refused = 0;
  const attempt = async (message: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => logger.warn({ error }, message));
  };
  const namespace = async (): Promise<void> => {
    const wantedMs = longestMs(await parts.catalogue.list(), parts.defaultKeepMs) + MARGIN_MS;
    if (wantedMs <= refused) return;
    try {
      await keepNamespaceFor(parts.connection, parts.client.options.namespace, wantedMs);
    } catch (error) {
      // Not every account may: said once, and whenever definitions ask for more.
      refused = wantedMs;
      logger.warn(
        { error, namespace: parts.client.options.namespace, wantedDays: wantedMs / MARGIN_MS },
        'namespace keeps closed executions for less than dataRetention asks',
      );
    }
  };
  const look = async (): Promise<void> => {
    await attempt('retention of the namespace not looked at', namespace);
    await attempt('executions not scanned for their retention', () => scan(parts, stopping.signal));
    await attempt('executions not deleted whose retention has ended', () => sweep(parts, stopping.signal));
    if (!stopping.signal.aborted) timer = setTimeout(again, everyMs).unref();
  };
  const again = (): void => {
    looking = look();
  };
  let looking = look();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await looking;
    },
  };
}

/** The longest time that a definition or the default asks for. */
function longestMs(definitions: Awaited<ReturnType<Catalogue['list']>>, defaultKeepMs: number): number {
  return Math.max(defaultKeepMs, ...definitions.map(({ plan }) => plan?.guards.security.dataRetentionMs ?? 0));
}
