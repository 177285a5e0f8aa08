/** The embedded PostgreSQL: a real server on loopback whose data outlive it. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OmniError } from '../plan/problem';
import { endLeftOver } from './left-over';
import { requireFreePort } from './port';
import type { PostgresPlace } from './postgres-place';
import { postgresPlace } from './postgres-place';
import { startServerProgram } from './server-program';

export interface LocalPostgresOptions {
  /** The cluster lies in `postgres` below it, or where the account `postgres` can reach it; the password in `postgres.password`. */
  readonly dataDir: string;
  readonly port: number;
  readonly log: (line: string) => void;
  /** Give up durability for speed: for tests. */
  readonly throwaway?: boolean;
}

export interface LocalPostgres {
  readonly url: string;
  /** Where the data lie. */
  readonly directory: string;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const USER = 'omni';
const PASSWORD_FILE = 'postgres.password';
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Makes the cluster when there is none, ends what a killed start left running, and starts the server. */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const { dataDir, port, log, throwaway = false } = options;
  const place = postgresPlace(dataDir);
  const left = await endLeftOver(path.join(place.data, 'postmaster.pid'), place.data, 'SIGINT');
  if (left) log('ended a PostgreSQL that an earlier start had left running');
  await requireFreePort(port, 'OMNI_POSTGRES_PORT');
  const password = await cluster(place, { passwordFile: path.join(dataDir, PASSWORD_FILE), throwaway });
  // The server removes a stale pid file itself, unless the id belongs to a stranger by now.
  rmSync(path.join(place.data, 'postmaster.pid'), { force: true });
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    ...(throwaway ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
  ];
  const server = await startServerProgram({
    name: 'The embedded PostgreSQL',
    file: path.join(place.program, 'bin', 'postgres'),
    args: ['-D', place.data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    env: ENVIRONMENT,
    cwd: place.data,
    account: place.account,
    ready: /database system is ready to accept connections/,
    stopSignal: 'SIGINT',
    log,
  });
  return {
    url: urlOf(password, port),
    directory: place.data,
    ended: server.ended,
    stop: () => server.stop(),
  };
}

/** Where the server of a start that runs on this machine is found; undefined when none ever started with this data directory. */
export function runningPostgresUrl({
  dataDir,
  port,
}: Pick<LocalPostgresOptions, 'dataDir' | 'port'>): string | undefined {
  const file = path.join(dataDir, PASSWORD_FILE);
  return existsSync(file) ? urlOf(readFileSync(file, 'utf8').trim(), port) : undefined;
}

function urlOf(password: string, port: number): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;
}

/** Makes the cluster once, aside and then renamed, so that an interrupted first start leaves none. Returns the password. */
async function cluster(place: PostgresPlace, how: { passwordFile: string; throwaway: boolean }): Promise<string> {
  const { passwordFile, throwaway } = how;
  if (existsSync(path.join(place.data, 'PG_VERSION'))) {
    if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8').trim();
    if (!place.outside)
      throw new OmniError(
        'conflict',
        `The database in ${place.data} is there, but its password file ${passwordFile} is not. Put it back, or delete the folder to begin anew.`,
      );
    // The data directory was deleted, to begin anew; what lies outside it is put aside, not destroyed.
    renameSync(place.data, `${place.data}.${Date.now()}`);
  }
  const password = randomBytes(24).toString('hex');
  const aside = `${place.data}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  const handed = `${aside}.password`;
  writeFileSync(handed, `${password}\n`, { mode: 0o600 });
  if (place.account) for (const file of [aside, handed]) chownSync(file, place.account.uid, place.account.gid);
  try {
    await initdb(place, [
      `--pgdata=${aside}`,
      `--pwfile=${handed}`,
      `--username=${USER}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--no-instructions',
      ...(throwaway ? ['--no-sync'] : []),
    ]);
  } finally {
    rmSync(handed, { force: true });
  }
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  renameSync(aside, place.data);
  return password;
}

function initdb(place: PostgresPlace, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const child = spawn(path.join(place.program, 'bin', 'initdb'), args, {
      env: ENVIRONMENT,
      cwd: path.dirname(place.data),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...place.account,
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new OmniError('internal', `initdb could not make the database in ${place.data}:\n${said}`));
    });
  });
}
