/** The servers that a start on one machine runs of its own: PostgreSQL and Temporal, each only when no address is given. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config';
import { OmniError } from '../plan/problem';
import { claimDataDirectory } from '../store/data-directory';
import { runningPostgresUrl, startLocalPostgres } from '../store/local-postgres';
import { findTemporalBinary } from './find-binary';
import type { TemporalServerOptions } from './local-server';
import { startTemporalServer } from './local-server';

export interface Servers {
  readonly databaseUrl: string;
  /** Where the embedded database keeps its data; absent: the database is not ours. */
  readonly databaseDirectory?: string;
  /** `host:port`. */
  readonly temporalAddress: string;
  /** Temporal's Web UI, when it is ours. */
  readonly uiUrl?: string;
  /** True when nothing had been kept here before. */
  readonly fresh: boolean;
  /** Resolves with a name and its last words when one of our servers ended by itself. */
  readonly broken: Promise<string>;
  stop(): Promise<void>;
}

/** Starts what is missing, both at once; when one cannot start, the other is stopped again and the error is thrown. */
export async function startServers(
  config: Config,
  { log, uiCodec }: Pick<TemporalServerOptions, 'log' | 'uiCodec'>,
): Promise<Servers> {
  const { dataDir, database, temporal } = config;
  const dbFile = path.join(dataDir, 'temporal.db');
  const fresh = temporal.address === undefined && !existsSync(dbFile);
  const release = claimDataDirectory(dataDir);
  const [postgres, engine] = await Promise.allSettled([
    database.url === undefined ? startLocalPostgres({ dataDir, port: database.port, log }) : undefined,
    temporal.address === undefined
      ? startTemporalServer({
          ...temporal,
          binary: findTemporalBinary(placesOf(config)),
          dbFile,
          ...(uiCodec === undefined ? {} : { uiCodec }),
          log,
        })
      : undefined,
  ]);
  const own = [engine, postgres].flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
  const stop = async (): Promise<void> => {
    for (const server of own) await server.stop();
    release();
  };
  if (postgres.status === 'rejected' || engine.status === 'rejected') {
    await stop();
    throw joined([postgres, engine]);
  }
  return {
    databaseUrl: database.url ?? postgres.value?.url ?? '',
    ...(postgres.value ? { databaseDirectory: postgres.value.directory } : {}),
    temporalAddress: temporal.address ?? engine.value?.address ?? '',
    ...(engine.value?.uiUrl === undefined ? {} : { uiUrl: engine.value.uiUrl }),
    fresh,
    broken: Promise.race([
      ...(postgres.value
        ? [postgres.value.ended.then((words) => `The embedded PostgreSQL ended by itself.\n${words}`)]
        : []),
      ...(engine.value ? [engine.value.ended.then((words) => `The Temporal server ended by itself.\n${words}`)] : []),
    ]),
    stop,
  };
}

/** The servers that another process started on this machine, or those that are named. */
export function joinServers({ dataDir, database, temporal }: Config): Pick<Servers, 'databaseUrl' | 'temporalAddress'> {
  const databaseUrl = database.url ?? runningPostgresUrl({ dataDir, port: database.port });
  if (databaseUrl === undefined)
    throw new OmniError(
      'conflict',
      'There is no database to join. Set DATABASE_URL, or run npm start on this machine first.',
    );
  return { databaseUrl, temporalAddress: temporal.address ?? `127.0.0.1:${temporal.port}` };
}

function placesOf({ temporal, cacheDir, variables }: Config): Parameters<typeof findTemporalBinary>[0] {
  return {
    ...(temporal.cliPath === undefined ? {} : { cliPath: temporal.cliPath }),
    cacheDir,
    searchPath: variables['PATH'] ?? '',
  };
}

/** Both ports may be taken: both are named at once. */
function joined(outcomes: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (reasons.length === 1) return reasons[0];
  const texts = reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason)));
  return new OmniError('conflict', texts.join('\n'), { cause: reasons[0] });
}
