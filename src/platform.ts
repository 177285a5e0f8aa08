/** All parts of the platform, opened in order out of the configuration and closed in reverse: what `npm start`, a worker and the library stand on. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { AgentWorker } from '../workers/agent';
import type { AgentWish } from '../workers/agent-claim';
import { createAgentHost } from '../workers/agent-host';
import type { PlaintextEvent } from '../workers/encryption';
import type { Engine } from '../workers/engine';
import { prepareRuntime, startEngine } from '../workers/engine';
import { readSdkMetrics } from '../workers/sdk-metrics';
import { startToolWorker } from '../workers/tool-worker';
import type { Agents } from './agents/agents';
import { createAgents } from './agents/agents';
import type { AgentType } from './agents/capability';
import type { Catalogue } from './catalogue/catalogue';
import { createCatalogue } from './catalogue/catalogue';
import { createCompileThreads } from './catalogue/compile-threads';
import { definitionFolder } from './catalogue/definition-folder';
import type { Config } from './config';
import type { KeyRing } from './encryption/key-ring';
import type { Executions } from './executions/executions';
import { createExecutions } from './executions/executions';
import type { Schedules } from './executions/schedules';
import { createSchedules } from './executions/schedules';
import { agentTypes } from './library/agent-types';
import { showAgentGauges } from './library/agent-gauges';
import { alertRounds, keepAlerts } from './library/alert-keeper';
import { alertWebhook } from './library/alert-webhook';
import { auditPlaintext, checkedCodec, platformKeys } from './library/encryption';
import { followPublished, keepSchedules } from './library/schedule-keeper';
import { showConnections, showInstallation } from './library/figures-keeper';
import { keepMail } from './library/mail-keeper';
import { keepRetention } from './library/retention-keeper';
import { openTracing } from './library/tracing';
import { deliverEvent } from './library/start';
import type { ToolDirectory } from './library/tool-directory';
import { openToolDirectory } from './library/tool-directory';
import { showProviders } from './monitoring/counted-calls';
import type { Metrics } from './monitoring/metrics';
import { createMetrics } from './monitoring/metrics';
import type { Monitoring } from './monitoring/monitoring';
import { createMonitoring } from './monitoring/monitoring';
import { startSampler } from './monitoring/sampler';
import { createSpanExporter } from './monitoring/span-exporter';
import { openTraces } from './monitoring/traces';
import { createDoor } from './providers/http/door';
import { addMoreTools } from './providers/more-tools';
import { createProviders } from './providers/providers';
import type { AuditLog } from './security/audit';
import { auditKeys } from './security/audit-keys';
import { openAuditLog } from './security/audit-log';
import type { Security } from './security/security';
import { createSecurity } from './security/security';
import type { Settings } from './settings/settings';
import { openSettings } from './settings/settings';
import { OmniError } from './plan/problem';
import { queueBeside } from './plan/task-queue';
import { homeOf } from './store/kept-execution-table';
import { migrate } from './store/migrate';
import type { Store } from './store/store';
import { openStore } from './store/store';
import type { TemporalClient } from './temporal/connection';
import { connect, connectWorker } from './temporal/connection';
import type { Servers } from './temporal/local-servers';
import { joinServers, startServers } from './temporal/local-servers';
import { clientCodec } from './temporal/payload-codec';
import { registerSearchAttributes } from './temporal/search-attributes';
import { CONTRACTS } from './tools/contracts';
import type { Tracing } from './tracing/tracing';
import { ToolRegistry } from './tools/registry';

export interface Platform {
  readonly config: Config;
  /** Servers that were started for this process; absent: it joined others. */
  readonly servers?: Servers;
  readonly store: Store;
  readonly temporal: TemporalClient;
  /** Absent: nothing is encrypted. */
  readonly keys?: KeyRing;
  readonly registry: ToolRegistry;
  readonly catalogue: Catalogue;
  readonly executions: Executions;
  readonly schedules: Schedules;
  readonly agents: Agents;
  /** What agents of this program can do, by type. */
  readonly agentTypes: readonly AgentType[];
  /** What this process and others bring along at run time. */
  readonly tools: ToolDirectory;
  readonly security: Security;
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly monitoring: Monitoring;
  readonly logger: Logger;
  /** Of package.json. */
  readonly version: string;
  /** Also deletes executions whose time has passed, from now on. */
  startEngine(): Promise<Engine>;
  /** Throws `not-found` for a type that this program does not have, `conflict` when the agent is another process. */
  startAgent(type: string, wish?: AgentWish): Promise<AgentWorker>;
  /** The same one for all who ask. Throws `validation` in production without `AUDIT_KEY`. */
  openAudit(): Promise<AuditLog>;
  /** From now on its metrics tell of the whole installation too. */
  showInstallation(): void;
  /** From now on Temporal's schedules follow the definitions. */
  keepSchedules(): void;
  /** The engine worker first, so that its running calls can still store their results; the servers last. */
  close(): Promise<void>;
}

export interface PlatformOptions {
  readonly logger: Logger;
  /** `start`: run the servers that no address is given for; `join`: use those that run on this machine. */
  readonly servers: 'start' | 'join';
  /** Address of the codec server that the Web UI of a server that is started asks. */
  readonly uiCodec?: string;
  /** Whoever asks the API is an admin. */
  readonly insecure?: boolean;
}

export async function openPlatform(
  config: Config,
  { logger, servers: how, uiCodec, insecure = false }: PlatformOptions,
): Promise<Platform> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse())
      await closer().catch((error: unknown) => logger.warn({ error }, 'part did not close'));
  };
  try {
    const servers =
      how === 'start'
        ? await startServers(config, {
            log: (line) => logger.debug({ line }, 'server output'),
            ...(uiCodec === undefined ? {} : { uiCodec }),
          })
        : undefined;
    if (servers) closers.push(() => servers.stop());
    const { databaseUrl, temporalAddress } = servers ?? joinServers(config);
    const target = { ...config.temporal, address: temporalAddress };
    const keys = platformKeys(config, logger);
    const { namespace, taskQueue } = config.temporal;
    const [temporal] = await Promise.all([
      connect({ ...target, ...(keys && { codec: clientCodec({ keys, namespace }) }) }),
      migrate(databaseUrl),
    ]);
    closers.push(() => temporal.close());
    // Not every account may: then an administrator runs `omni doctor --fix` once, and without the attributes lists show less.
    await registerSearchAttributes(temporal.connection, config.temporal.namespace).catch((error: unknown) =>
      logger.warn({ error }, 'search attributes not registered'),
    );
    const store = openStore(databaseUrl, keys);
    closers.push(() => store.close());
    let audit: Promise<AuditLog> | undefined;
    closers.push(async () => (await audit)?.close());
    const openAudit = (): Promise<AuditLog> => {
      const { headFile } = config.audit;
      const opened = async (): Promise<AuditLog> =>
        openAuditLog({ table: store.audit, keys: auditKeys(config, { make: true }), headFile, logger });
      return (audit ??= opened());
    };
    const workers: Pick<Engine, 'stop'>[] = [];
    const codec = await checkedCodec({
      config,
      keys,
      table: store.encryptionKeys,
      fresh: servers?.fresh ?? false,
      terminate: (id, reason) => temporal.client.workflow.getHandle(id).terminate(reason),
      outdated(keyId) {
        logger.error(
          { keyId },
          'another process encrypts with a key that this one does not have: it takes no more work',
        );
        for (const worker of workers.splice(0)) void worker.stop();
      },
    });
    const encryption = {
      ...(codec && { codec }),
      audit: (event: PlaintextEvent) =>
        void auditPlaintext(openAudit(), event).catch((error: unknown) => logger.error({ err: error }, 'not audited')),
    };
    const security = createSecurity({
      store,
      now: () => Date.now(),
      ...(config.adminKey === undefined ? {} : { adminKey: config.adminKey }),
      ...(config.tokens === undefined ? {} : { tokens: config.tokens }),
      insecure,
    });
    const version = versionOf(config.root);
    const metrics = createMetrics();
    metrics.beside(() => readSdkMetrics(logger));
    const home = homeOf(namespace, taskQueue);
    const exporters = [createSpanExporter({ table: store.spans, home, logger })];
    const tracing = openTracing({ config: config.tracing, version, exporters, logger });
    closers.push(() => tracing.close());
    const sampler = startSampler({ metrics, table: store.samples, home, owner: randomUUID(), logger });
    closers.push(() => sampler.stop());
    const traces = openTraces({ table: store.spans, home, days: config.tracing.days, logger });
    closers.push(() => traces.stop());
    const settings = await openSettings({
      config,
      table: store.settings,
      logger,
      countUnusable: () => metrics.count('orchestrator_settings_unusable_total', {}),
    });
    closers.push(() => settings.close());
    const door = createDoor(config.outgoing);
    closers.push(() => door.close());
    const registry = new ToolRegistry(CONTRACTS, createProviders(config, door), config.prices, config.providerLimits);
    closers.push(() => registry.close());
    showProviders(metrics, registry);
    showConnections({ metrics, store });
    await addMoreTools(registry, {
      config,
      door,
      warn: (text) => logger.warn(text),
      onOutput: (server, text) => logger.debug({ server, text }, 'MCP server output'),
    });
    // The SDK's runtime ends when nobody uses it any more.
    const connectNative = (): Promise<NativeConnection> => {
      prepareRuntime(logger, { metrics: true });
      return connectWorker(target);
    };
    let connecting: Promise<NativeConnection> | undefined;
    closers.push(async () => (await connecting)?.close());
    const tools = await openToolDirectory({
      registry,
      table: store.registeredTools,
      owner: { home, owner: randomUUID() },
      queueOf: (name, provider) => queueBeside(taskQueue, `tool.${name}.${provider}`),
      async serve(queue) {
        const connection = await (connecting ??= connectNative());
        return startToolWorker({ connection, namespace, queue, store, registry, encryption, metrics, tracing, logger });
      },
      logger,
    });
    closers.push(() => tools.close());
    const schedules = createSchedules({
      client: temporal.client,
      taskQueue,
      ...(keys?.primary === undefined ? {} : { keyId: keys.primary }),
    });
    const threads = createCompileThreads();
    closers.push(() => threads.close());
    const catalogue = createCatalogue({
      compile: threads.compile,
      folder: definitionFolder(config.definitionsDir, { follow: config.environment === 'development' }),
      table: store.definitions,
      registry,
      snapshot: (facts) => settings.snapshot(facts),
      published: (entry) => followPublished(schedules, entry),
      encrypts: keys?.primary !== undefined,
    });
    const executions = createExecutions({
      client: temporal.client,
      taskQueue: config.temporal.taskQueue,
      store,
      now: () => Date.now(),
      uuid: () => randomUUID(),
      begun: (workflow) => metrics.count('orchestrator_executions_started_total', { workflow }),
      logger,
    });
    const agents = createAgents({
      store,
      home,
      client: temporal.client,
      taskQueue,
      now: () => Date.now(),
      uuid: () => randomUUID(),
      logger,
      engine: executions,
      types: () => types,
    });
    const types = agentTypes({ catalogue, executions, registry, config, agents });
    const host = createAgentHost({
      connect: connectNative,
      metrics,
      namespace,
      taskQueue,
      registry: agents.registry,
      tools: registry,
      store,
      encryption,
      tracing,
      build: version,
      onTaken: ({ taskId, ...at }) => store.agentTasks.working(home, taskId, at),
      logger,
    });
    const rounds = { client: temporal.client, taskQueue, logger };
    const webhook = alertWebhook(config.variables, door.open);
    const monitoring = createMonitoring({
      ...{ metrics, table: store.samples, home, sampler, traces },
      alerts: {
        ...{ table: store.alerts, logger, ...(webhook && { webhook }) },
        notify: (request) => deliverEvent({ catalogue, executions }, request),
      },
    });
    return {
      config,
      ...(servers ? { servers } : {}),
      store,
      temporal,
      ...(keys && { keys }),
      registry,
      catalogue,
      executions,
      schedules,
      agents,
      agentTypes: types,
      tools,
      security,
      settings,
      metrics,
      monitoring,
      tracing,
      logger,
      version,
      keepSchedules() {
        const keeper = keepSchedules({ schedules, catalogue, logger });
        closers.push(() => keeper.stop());
        const alerts = keepAlerts(rounds);
        closers.push(() => alerts.stop());
      },
      showInstallation() {
        showInstallation({ metrics, executions, store });
        showAgentGauges(metrics, agents.registry);
      },
      openAudit,
      async startEngine() {
        const connection = await connectNative();
        closers.push(() => connection.close());
        const keepMs = config.temporal.retentionDays * 24 * 60 * 60 * 1000;
        const engine = await startEngine({
          connection,
          config,
          store,
          registry,
          loadDefinition: (id, _executionId, startOf) => catalogue.loadPlan(id, startOf),
          emit: (event, data) => deliverEvent({ catalogue, executions }, { event, data }),
          ...bundleOf(config.root),
          agents: agents.activities,
          alerts: alertRounds(monitoring.alerts, rounds),
          encryption,
          metrics,
          tracing,
          logger,
        });
        closers.push(() => engine.stop());
        workers.push(engine);
        const mail = keepMail({ messages: agents.messages, keepMs, logger });
        closers.push(() => mail.stop());
        const keeper = keepRetention({
          client: temporal.client,
          connection: temporal.connection,
          taskQueue,
          store,
          catalogue,
          defaultKeepMs: keepMs,
          logger,
          now: () => Date.now(),
        });
        closers.push(() => keeper.stop());
        return engine;
      },
      async startAgent(name, wish = {}) {
        const type = types.find((one) => one.type === name);
        if (type === undefined)
          throw new OmniError(
            'not-found',
            `There is no agent of the type ${name}. Types: ${types.map((one) => one.type).join(', ')}.`,
          );
        const { concurrency } = config.agents;
        const agent = await host.start(type, { ...(concurrency !== undefined && { concurrency }), ...wish });
        workers.push(agent);
        // All end at once, and before the engine, which their tasks may need.
        closers.push(() => host.stop());
        return agent;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The workflow code that the build left; from sources it is bundled anew. */
export function bundleOf(root: string): { bundlePath?: string } {
  const bundlePath = path.join(root, 'dist', 'workflow-bundle.js');
  return __filename.endsWith('.js') && existsSync(bundlePath) ? { bundlePath } : {};
}

function versionOf(root: string): string {
  return (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
