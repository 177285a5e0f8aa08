/** The local Temporal server: Temporal's own program with a SQLite file and its Web UI, on loopback. */
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { endLeftOver } from '../store/left-over';
import { requireFreePort } from '../store/port';
import { startServerProgram } from '../store/server-program';
import { keepNamespaceFor } from './namespace-retention';
import { SEARCH_ATTRIBUTES } from './search-attributes';

export interface TemporalServerOptions {
  /** The program `temporal`. */
  readonly binary: string;
  readonly port: number;
  /** Absent: no Web UI. */
  readonly uiPort?: number;
  /** Address of the codec server that the Web UI asks. */
  readonly uiCodec?: string;
  /** SQLite file; absent: everything is in memory. */
  readonly dbFile?: string;
  readonly namespace: string;
  /** How long closed executions are kept. */
  readonly retentionDays: number;
  readonly log: (line: string) => void;
}

export interface TemporalServer {
  /** `host:port`. */
  readonly address: string;
  readonly uiUrl?: string;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Ends what a killed start left running on the same file, starts the server and waits until it answers. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { binary, port, uiPort, uiCodec, dbFile, namespace, retentionDays, log } = options;
  const pidFile = dbFile && `${dbFile}.pid`;
  if (pidFile && (await endLeftOver(pidFile, dbFile, 'SIGTERM')))
    log('ended a Temporal server that an earlier start had left running');
  await requireFreePort(port, 'TEMPORAL_PORT');
  if (uiPort !== undefined) await requireFreePort(uiPort, 'TEMPORAL_UI_PORT');
  const workDir = dbFile ? path.dirname(dbFile) : tmpdir();
  const server = await startServerProgram({
    name: 'The Temporal server',
    file: binary,
    args: [
      'server',
      'start-dev',
      ...[
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
        '--namespace',
        namespace,
        '--log-level',
        'error',
        '--log-format',
        'json',
      ],
      ...(uiPort === undefined
        ? ['--headless']
        : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort), '--ui-disable-news-fetch']),
      ...(uiPort === undefined || uiCodec === undefined ? [] : ['--ui-codec-endpoint', uiCodec]),
      ...(dbFile ? ['--db-filename', dbFile] : []),
      // A cluster keeps timers and retries back by a second, for clocks that differ; here there is one clock.
      ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="10ms"'],
      // An execution is deleted once what it had left to do is acknowledged, which happens every half minute.
      ...['--dynamic-config-value', 'history.transferProcessorUpdateAckInterval="2s"'],
      ...['--dynamic-config-value', 'history.visibilityProcessorUpdateAckInterval="2s"'],
      ...SEARCH_ATTRIBUTES.flatMap(({ name, type }) => ['--search-attribute', `${name}=${type}`]),
    ],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: workDir, TZ: 'UTC' },
    cwd: workDir,
    ready: /^Temporal Server:\s/,
    stopSignal: 'SIGTERM',
    ...(pidFile ? { pidFile } : {}),
    log,
  });
  // It holds payloads: nobody else's to read. The server makes it only where there is none, so it cannot be made before.
  if (dbFile) chmodSync(dbFile, 0o600);
  const address = `127.0.0.1:${port}`;
  await keepFor(retentionDays, address, namespace);
  return {
    address,
    ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
    ended: server.ended,
    stop: () => server.stop(),
  };
}

async function keepFor(days: number, address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '20s' });
  try {
    await keepNamespaceFor(connection, namespace, days * 24 * 60 * 60 * 1000);
  } finally {
    await connection.close();
  }
}
