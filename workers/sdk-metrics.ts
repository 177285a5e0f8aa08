/**
 * Temporal's own metrics of this process. The SDK shows them on a port of its own, on loopback; they are read from there and shown beside
 * ours. The SDK ends its runtime when nobody uses it and makes it anew by itself: then on any port, and nobody knows on which.
 */
import type { MetricsExporterConfig } from '@temporalio/worker';
import type { Logger } from 'pino';
import { randomPort } from '../src/store/port';

const TRIES = 5;
const READ_MS = 2_000;
/** A line of Prometheus' text format that is about a metric of the SDK's. */
const THEIRS = /^(# (HELP|TYPE) )?temporal_\w+[ {]/;

/** Where the runtime of this process shows them; absent: it does not, or nobody knows where. */
let shownAt: string | undefined;
let next: string | undefined;

/** Asked for its address by each runtime that begins. */
const EXPORTER: MetricsExporterConfig = {
  attachServiceName: false,
  prometheus: {
    get bindAddress() {
      shownAt = next;
      return shownAt ?? '127.0.0.1:0';
    },
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  },
};

/** Begins the runtime on the first of the ports that can be had, or without metrics. What else goes wrong is thrown. */
export function beginWithMetrics(
  begin: (metrics?: MetricsExporterConfig) => void,
  logger: Logger,
  ports: readonly number[] = Array.from({ length: TRIES }, randomPort),
): void {
  for (const port of ports) {
    next = `127.0.0.1:${port}`;
    try {
      return begin(EXPORTER);
    } catch (error) {
      // The SDK's native part makes errors of a class of its own.
      if (!/metrics exporter/.test(String(error))) throw error;
      logger.debug({ port, error }, 'Temporal’s metrics cannot be shown on this port');
    } finally {
      next = undefined;
    }
  }
  shownAt = undefined;
  logger.warn({ tried: ports.length }, 'Temporal’s metrics are not shown: no port could be had for them');
  begin();
}

let heard = true;

/** In Prometheus' text format; empty when they cannot be read, which is logged once. */
export async function readSdkMetrics(logger: Logger): Promise<string> {
  if (shownAt === undefined) return '';
  try {
    const answer = await fetch(`http://${shownAt}/metrics`, { signal: AbortSignal.timeout(READ_MS) });
    const lines = (await answer.text()).split('\n').filter((line) => THEIRS.test(line));
    heard = true;
    return lines.map((line) => `${line}\n`).join('');
  } catch (error) {
    if (heard) logger.warn({ error }, 'Temporal’s metrics cannot be read');
    heard = false;
    return '';
  }
}
