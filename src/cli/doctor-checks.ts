/** What `omni doctor` looks at: each check is one question to the machine with one finding as its answer. */
import { existsSync, readdirSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import path from 'node:path';
import type { Config } from '../config';
import { formatDuration } from '../plan/duration';
import { openStore } from '../store/store';
import { connect } from '../temporal/connection';
import { findTemporalBinary } from '../temporal/find-binary';
import { namespaceRetentionMs } from '../temporal/namespace-retention';
import { missingSearchAttributes, registerSearchAttributes } from '../temporal/search-attributes';
import type { ToolRegistry } from '../tools/registry';
import { isAlive } from './api-client';
import type { Answer, Finding } from './finding';
import { messageOf, note, ok, wrong } from './finding';

/** `engines` is the range in package.json, `>=20.19`. */
export function checkNode(version: string, engines: string): Answer {
  const least = engines.replace(/^>=\s*/, '');
  return atLeast(version.replace(/^v/, ''), least)
    ? ok(version)
    : wrong(`${version}, and ${least} or newer is needed`, 'Install a newer Node.js from https://nodejs.org.');
}

function atLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  for (let i = 0; i < (b?.length ?? 0); i++) if ((a?.[i] ?? 0) !== b?.[i]) return (a?.[i] ?? 0) > (b?.[i] ?? 0);
  return true;
}

export async function checkApiPort({ port, tls }: Pick<Config, 'port' | 'tls'>): Promise<Answer> {
  const url = `http://127.0.0.1:${port}`;
  if (await isAlive({ url })) return ok(`the API answers at ${url}`);
  // Its certificate is for its name, not for this machine's.
  if (tls !== undefined && (await listening(port))) return ok(`port ${port} is in use, as by an API that speaks TLS`);
  return (await listening(port))
    ? wrong(`port ${port} is taken by another program`, 'Set PORT to a free port, or end that program.')
    : ok(`port ${port} is free; npm start serves the API there`);
}

export interface TemporalCheckOptions {
  /** Registers the search attributes that are missing. */
  readonly fix: boolean;
  /** The longest `dataRetention` of the definitions here. */
  readonly longestKeepMs?: number;
}

/** The server, its namespace, the search attributes and for how long it keeps what has ended, in one connection. */
export async function checkTemporal(config: Config, options: TemporalCheckOptions): Promise<readonly Finding[]> {
  const { address, namespace, port } = config.temporal;
  if (address === undefined && !(await listening(port)))
    return [
      { name: 'Temporal', ...ownTemporal(config) },
      { name: 'Retention', ...ok(askedRetention(config, options).text) },
    ];
  const target = { ...config.temporal, address: address ?? `127.0.0.1:${port}` };
  try {
    const temporal = await connect(target);
    try {
      const { serverVersion } = await temporal.connection.workflowService.getSystemInfo({});
      return [
        {
          name: 'Temporal',
          ...ok(`server ${serverVersion ?? 'of unknown version'} at ${target.address}, namespace ${namespace}`),
        },
        {
          name: 'Search attributes',
          ...(await searchAttributes(temporal.connection, { namespace, fix: options.fix })),
        },
        { name: 'Retention', ...(await retention(temporal.connection, config, options)) },
      ];
    } finally {
      await temporal.close();
    }
  } catch (error) {
    return [
      {
        name: 'Temporal',
        ...wrong(messageOf(error), 'Start that server, or correct TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.'),
      },
    ];
  }
}

type Connection = Parameters<typeof missingSearchAttributes>[0];

async function searchAttributes(
  connection: Connection,
  { namespace, fix }: { namespace: string; fix: boolean },
): Promise<Answer> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0) return ok('all registered');
  if (!fix) return wrong(`not registered: ${missing.join(', ')}`, 'Run omni doctor --fix.');
  await registerSearchAttributes(connection, namespace);
  return ok(`registered now: ${missing.join(', ')}`);
}

async function retention(connection: Connection, config: Config, options: TemporalCheckOptions): Promise<Answer> {
  const { namespace } = config.temporal;
  const { text: asked, wantedMs } = askedRetention(config, options);
  const keptMs = await namespaceRetentionMs(connection, namespace).catch(() => 0);
  if (keptMs === 0) return note(`${asked}; the namespace does not tell what it keeps`, raise(namespace, wantedMs));
  return keptMs >= wantedMs
    ? ok(`${asked}; the namespace ${namespace} keeps them for ${formatDuration(keptMs)}`)
    : note(
        `${asked}, but the namespace ${namespace} keeps closed executions for ${formatDuration(keptMs)} only`,
        `${raise(namespace, wantedMs)} An engine worker does so when it starts, where its account may.`,
      );
}

function askedRetention({ temporal: { retentionDays } }: Config, { longestKeepMs = 0 }: TemporalCheckOptions) {
  const defaultMs = retentionDays * 24 * 60 * 60 * 1000;
  const wantedMs = Math.max(defaultMs, longestKeepMs);
  return {
    wantedMs,
    text: `executions are kept for ${formatDuration(defaultMs)}, at most ${formatDuration(wantedMs)}`,
  };
}

/** A day more, so that our sweep comes first. */
function raise(namespace: string, ms: number): string {
  const days = Math.ceil(ms / (24 * 60 * 60 * 1000)) + 1;
  return `Set its retention to ${days} days: temporal operator namespace update --retention ${days}d -n ${namespace}.`;
}

function ownTemporal({ temporal, cacheDir, environment, variables }: Config): Answer {
  if (environment === 'production') return wrong('TEMPORAL_ADDRESS is not set', 'Set it to your server, host:port.');
  try {
    const binary = findTemporalBinary({
      ...(temporal.cliPath === undefined ? {} : { cliPath: temporal.cliPath }),
      cacheDir,
      searchPath: variables['PATH'] ?? '',
    });
    return ok(`not running; npm start runs ${binary}`);
  } catch (error) {
    return note(messageOf(error), 'npm start fetches it.');
  }
}

export async function checkDatabase({ database, dataDir }: Config): Promise<Answer> {
  if (database.url === undefined) {
    if (await listening(database.port)) return ok(`the embedded PostgreSQL runs on port ${database.port}`);
    return ok(
      `not running; npm start runs the embedded PostgreSQL on port ${database.port}, with its data in ${dataDir}`,
    );
  }
  const store = openStore(database.url);
  try {
    await store.ping();
    return ok(`PostgreSQL answers at ${new URL(database.url).host}`);
  } catch (error) {
    return wrong(
      `PostgreSQL does not answer at ${new URL(database.url).host}: ${messageOf(error)}`,
      'Start it, or correct DATABASE_URL.',
    );
  } finally {
    await store.close();
  }
}

/** One finding per provider: which are configured is a choice, so none of it is wrong. */
export function checkProviders(registry: ToolRegistry): readonly Finding[] {
  return registry.providers().map(({ name, title, unconfigured, tools }) => ({
    name: `Provider ${name}`,
    ...(unconfigured === undefined
      ? ok(`${title}: ${Object.keys(tools).join(', ')}`)
      : note(`${title} is not configured`, unconfigured)),
  }));
}

export function checkModels({ modelsDir }: Pick<Config, 'modelsDir'>): Answer {
  const models = existsSync(modelsDir) ? readdirSync(modelsDir).filter((name) => !name.startsWith('.')) : [];
  return models.length > 0
    ? ok(`${models.sort().join(', ')} in ${modelsDir}`)
    : note(`none in ${modelsDir}`, 'npm start fetches them; until then the local engine does not translate.');
}

export function checkDefinitions(
  results: readonly { readonly file: string; readonly errors: number }[],
  folder: string,
): Answer {
  const broken = results.filter(({ errors }) => errors > 0).map(({ file }) => path.basename(file));
  if (results.length === 0) return note(`none in ${folder}`, 'Put a YAML file there, or set OMNI_DEFINITIONS_DIR.');
  return broken.length === 0
    ? ok(`${results.length} in ${folder}, all valid`)
    : wrong(`with errors: ${broken.join(', ')}`, 'Run omni validate.');
}

function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
