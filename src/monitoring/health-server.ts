/** The port that a worker process shows to probes and to Prometheus: /healthz, /readyz, /metrics. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OmniError } from '../plan/problem';
import type { Health, HealthReport } from './health';
import { acceptsHost } from './host-names';
import type { Metrics } from './metrics';

export interface HealthServerOptions {
  readonly host: string;
  readonly port: number;
  /** Whether the process works at all: false asks for a restart. */
  readonly healthy: () => boolean;
  /** Whether it can take work, and on what it stands. */
  readonly health: Health;
  readonly metrics: Metrics;
}

export interface HealthServer {
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens; throws `conflict` naming WORKER_PORT when the port is in use. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const accepts = acceptsHost({ host: options.host, publicHosts: [] });
  const server = createServer((request, response) => {
    const host = request.headers.host ?? '';
    void (accepts(host) ? answer(request.url ?? '', options) : Promise.resolve(MISDIRECTED)).then(
      ({ status, text, contentType = 'application/json' }) =>
        response.writeHead(status, { 'content-type': contentType }).end(text),
    );
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

/** On loopback a page whose name was made to lead here would read what programs of this machine may read. */
const MISDIRECTED = says(421, { status: 'misdirected' });

async function answer(url: string, { healthy, health, metrics }: HealthServerOptions): Promise<Answer> {
  switch (url.replace(/\?.*/, '')) {
    case '/healthz':
      return says(healthy() ? 200 : 503, { status: healthy() ? 'ok' : 'unavailable' });
    case '/readyz':
      return readiness(await health.look());
    case '/metrics':
      return { status: 200, text: await metrics.text(), contentType: metrics.contentType };
    default:
      return says(404, { status: 'not-found' });
  }
}

/** Nobody shows a key here, so why something is not healthy stands in the log alone. */
function readiness({ status, parts }: HealthReport): Answer {
  const checks = parts.map(({ name, needed, state, latencyMs, deadlineMs }) => {
    return { name, needed, state, latencyMs, deadlineMs };
  });
  return says(status === 'unavailable' ? 503 : 200, { status, checks });
}

function says(status: number, body: object): Answer {
  return { status, text: JSON.stringify(body) };
}

function listen(server: Server, { host, port }: HealthServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new OmniError(
          'conflict',
          `The health port ${host}:${port} cannot be used (${error.code}). Set WORKER_PORT to a free one.`,
          {
            cause: error,
          },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}
