/** `npm start`: everything in one process, in the foreground: servers, engine worker and API, stopped in order. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createApp } from '../api/app';
import type { Listening } from '../api/server';
import { listen } from '../api/server';
import type { Config } from './config';
import { loadConfig } from './config';
import { createDashboard } from './library/dashboard';
import { platformHealth } from './library/platform-health';
import { webhookSecrets } from './library/standard-webhooks';
import { createTestingFramework } from './library/testing-framework';
import { createLogger } from './monitoring/logger';
import { OmniError, toProblem } from './plan/problem';
import type { Platform } from './platform';
import { createSentrySender } from './providers/sentry';
import { openPlatform } from './platform';
import { startAgents } from './library/first-agents';
import type { HandedOver } from './first-keys';
import { handOverKeys } from './first-keys';
import { refuseUnsafe } from './security/posture';
import { stopSignal } from './stop-signal';
import { clientCodec } from './temporal/payload-codec';
import { showFirstExecution } from './first-execution';

/** Nobody has to show a key; on loopback only. */
const INSECURE = '--insecure-no-auth';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs until a signal, and ends the process: 0 after an orderly stop, 1 when something could not start or broke. */
export async function main(): Promise<void> {
  const stopping = new AbortController();
  const asked = stopSignal().then(() => stopping.abort());
  let platform: Platform | undefined;
  let api: Listening | undefined;
  let code = 0;
  try {
    const insecure = process.argv.includes(INSECURE);
    const config = loadConfig(undefined, { api: true });
    refuseUnsafe({ ...config, insecure });
    const logger = createLogger(config.logLevel, 'start', {
      send: createSentrySender(config.variables),
      variables: config.variables,
    });
    const startedAt = Date.now();
    const uiPass = randomBytes(24).toString('base64url');
    // The Web UI can send no key, only go where it was told to: whoever reaches it on this machine sees what it shows.
    const uiCodec = config.port === 0 ? {} : { uiCodec: `http://127.0.0.1:${config.port}/codec/${uiPass}` };
    platform = await openPlatform(config, { logger, servers: 'start', insecure, ...uiCodec });
    const keys = await handOverKeys(platform, process.stdout.isTTY);
    const engine = config.engineInApi ? await platform.startEngine() : undefined;
    const agents = config.agents.inApi ? await startAgents(platform) : [];
    platform.keepSchedules();
    platform.showInstallation();
    const health = platformHealth(platform, { workers: engine ? [{ name: 'engine', running: engine.running }] : [] });
    const dashboard = createDashboard({ ...platform, health });
    api = await listen(
      createApp({ ...apiOf(platform, uiPass), health, dashboard, audit: await platform.openAudit() }),
      config,
    );
    announce(platform, { api, keys, agents, seconds: (Date.now() - startedAt) / 1000 });
    warm(platform);
    await noteSecrets(platform);
    if (platform.servers?.fresh && engine)
      await showFirstExecution(platform, { api: api.url, say, signal: stopping.signal });
    const broken = await Promise.race([asked, platform.servers?.broken ?? asked, engine?.ended ?? asked]);
    if (typeof broken === 'string') throw new OmniError('internal', broken);
  } catch (error) {
    process.stderr.write(`${error instanceof OmniError ? error.message : String((error as Error).stack ?? error)}\n`);
    code = 1;
  }
  if (code === 0) say('\nStopping …');
  await api?.close();
  await platform?.close();
  if (code === 0) say('Stopped.');
  process.exit(code);
}

function apiOf(
  platform: Platform,
  uiPass: string,
): Omit<Parameters<typeof createApp>[0], 'audit' | 'health' | 'dashboard'> {
  const {
    executions,
    schedules,
    agents,
    catalogue,
    security,
    settings,
    registry,
    logger,
    metrics,
    monitoring,
    tracing,
    version,
    store,
    config,
    keys,
    servers,
  } = platform;
  const { namespace } = config.temporal;
  return {
    executions,
    schedules,
    agents,
    webhookSecrets: (variable) => webhookSecrets(config.variables, variable),
    catalogue,
    security,
    settings,
    registry,
    partials: store.partials,
    logger,
    metrics,
    monitoring,
    tracing,
    version,
    ...(config.testingEnabled ? { testing: createTestingFramework({ catalogue, registry, config }) } : {}),
    requests: {
      host: config.host,
      publicHosts: config.publicHosts,
      rateLimits: config.rateLimits,
      rates: store.requestRates,
    },
    ...(keys && {
      codec: {
        codec: clientCodec({ keys, namespace }),
        namespace,
        uiOrigins: [...config.encryption.uiOrigins, ...originsOf(servers?.uiUrl)],
        ...(servers?.uiUrl === undefined ? {} : { uiPass }),
      },
    }),
    ...temporalUiOf([servers?.uiUrl, ...config.encryption.uiOrigins], namespace),
    behindProxy: config.behindProxy,
  };
}

/** The first of the Web UI's addresses that is known. */
function temporalUiOf(known: readonly (string | undefined)[], namespace: string): { readonly temporalUi?: string } {
  const address = known.find((one) => one !== undefined);
  return address === undefined ? {} : { temporalUi: `${address}/namespaces/${encodeURIComponent(namespace)}` };
}

/** A browser takes both names of this machine for different sites. */
function originsOf(uiUrl: string | undefined): readonly string[] {
  return uiUrl === undefined ? [] : [uiUrl, uiUrl.replace('//127.0.0.1:', '//localhost:')];
}

interface Announcement {
  readonly api: Listening;
  readonly keys: HandedOver;
  /** Ids. */
  readonly agents: readonly string[];
  readonly seconds: number;
}

/** What runs and where, and a line that works when pasted. */
function announce({ config, servers, security }: Platform, { api, keys, agents, seconds }: Announcement): void {
  const rows = [
    ['API', api.url],
    ['Console', `${api.url}/`],
    ['API reference', `${api.url}/docs`],
    ['Temporal', servers?.temporalAddress ?? ''],
    ['Temporal Web UI', servers?.uiUrl ?? 'that of your Temporal server'],
    ['PostgreSQL', servers?.databaseDirectory ?? 'the one in DATABASE_URL'],
    [
      'Engine worker',
      config.engineInApi
        ? `in this process, task queue ${config.temporal.taskQueue}`
        : 'none here: npm run worker -- engine',
    ],
    ['Agents', agents.length > 0 ? agents.join(', ') : 'none here: npm run worker -- agent --type engineer'],
  ] as const;
  say(`\nReady after ${seconds.toFixed(1)} s.\n`);
  for (const [name, where] of rows) say(`  ${name.padEnd(16)} ${where}`);
  if (keys.lines.length > 0) say(`\n${keys.lines.join('\n')}`);
  if (security.open)
    say(`\n  !! ${INSECURE}: every program on this machine is an admin here. Never use this with data that matter. !!`);
  const line = curlLine(config, api.url, security.open ? undefined : keys.adminInShell);
  say(`\nTry it:\n\n  ${line}\n\nCtrl-C stops everything.`);
}

function curlLine({ root, definitionsDir }: Config, api: string, key: string | undefined): string {
  const file = path.join(definitionsDir, 'fixtures', 'coach.json');
  const shown = process.cwd() === root ? path.relative(root, file) : file;
  const shownKey = key === undefined ? '' : `-H "Authorization: Bearer ${key}" `;
  return `curl ${shownKey}-H 'Content-Type: application/json' -H 'Prefer: wait=60' -d @${shown} ${api}/workflows/bilingual-coach/execute`;
}

/** A webhook without its secret refuses every message: said at the start rather than found out by a sender. */
async function noteSecrets({ catalogue, config, logger }: Platform): Promise<void> {
  for (const { id, plan } of await catalogue.list())
    try {
      if (plan?.webhook) webhookSecrets(config.variables, plan.webhook.secret);
    } catch (error) {
      logger.warn({ workflow: id, detail: toProblem(error).detail }, 'webhook takes no messages');
    }
}

/** Loads the local engines in the background, so that the first call finds them warm. */
function warm({ registry, logger }: Platform): void {
  for (const provider of registry.providers())
    provider.warm?.().catch((error: unknown) => logger.warn({ provider: provider.name, error }, 'engines not warm'));
}

if (require.main === module) void main();
