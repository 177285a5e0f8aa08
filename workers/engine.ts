/** The engine worker: runs the interpreter's workflow tasks and the calls of tools, on one task queue so that calls start eagerly. */
import type { NativeConnection } from '@temporalio/worker';
import type { MetricsExporterConfig, WorkerOptions } from '@temporalio/worker';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { IllegalStateError } from '@temporalio/common';
import type { Logger } from 'pino';
import type { ActivityDependencies } from '../activities/dependencies';
import { createActivities } from '../activities';
import type { PlayActivity } from '../activities/play-call';
import type { Config } from '../src/config';
import { countEnded } from '../src/monitoring/counted-executions';
import type { Metrics } from '../src/monitoring/metrics';
import type { EndedExecution } from '../src/plan/ended';
import { noteStart } from '../src/executions/retention';
import { homeOf } from '../src/store/kept-execution-table';
import type { Store } from '../src/store/store';
import type { ToolRegistry } from '../src/tools/registry';
import type { Tracing } from '../src/tracing/tracing';
import { bundleWorkflows } from './bundle';
import type { CallParts } from './call-dependencies';
import { callDependencies } from './call-dependencies';
import { sdkFields } from './sdk-line';
import type { EncryptionOptions } from './encryption';
import { workerEncryption } from './encryption';
import { beginWithMetrics } from './sdk-metrics';
import { traced } from './tracing';

export interface EngineOptions {
  readonly connection: NativeConnection;
  readonly config: { readonly temporal: Pick<Config['temporal'], 'namespace' | 'taskQueue'> };
  readonly store: CallParts['store'] & Partial<Pick<Store, 'kept'>>;
  readonly registry: ToolRegistry;
  /** For executions that were started without a plan: the catalogue's. */
  readonly loadDefinition: ActivityDependencies['loadPlan'];
  /** Starts what triggers on an event that an execution emits. */
  readonly emit: ActivityDependencies['emit'];
  /** For tasks of agents and their mail. */
  readonly agents?: Pick<ActivityDependencies, 'matchAgent' | 'noteTask' | 'mailbox'>;
  readonly alerts?: ActivityDependencies['alerts'];
  /** In the place of the registry's providers: scenarios answer calls themselves. */
  readonly callTool?: PlayActivity;
  /** Prebuilt workflow code; absent: bundled now, which takes seconds. */
  readonly bundlePath?: string;
  readonly encryption?: Omit<EncryptionOptions, 'logger'>;
  /** Absent: nobody counts. */
  readonly metrics?: Metrics;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing;
  readonly logger: Logger;
  /** How long running calls may go on when the worker is told to stop. */
  readonly shutdownGraceMs?: number;
}

export interface Engine {
  readonly worker: Worker;
  /** Rejects when the worker broke; resolves after `stop`. */
  readonly ended: Promise<void>;
  readonly running: () => boolean;
  /** Takes no new work, lets running calls finish within the grace time, and resolves when all is done. */
  stop(): Promise<void>;
}

/** Longest first: pods are given 40 s to end (deploy/kubernetes). */
const GRACE_MS = 25_000;

/** Calls heartbeat so that a cancellation reaches them: within a second, not at 80 % of the heartbeat timeout. */
export const HEARTBEATS = { maxHeartbeatThrottleInterval: '1s', defaultHeartbeatThrottleInterval: '1s' } as const;

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const {
    connection,
    config,
    store,
    loadDefinition,
    emit,
    callTool,
    bundlePath,
    encryption,
    metrics,
    tracing,
    logger,
    shutdownGraceMs = GRACE_MS,
  } = options;
  const guards = traced(workerEncryption({ ...encryption, logger }), tracing);
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    workflowBundle: bundlePath === undefined ? { code: await bundleWorkflows() } : { codePath: bundlePath },
    activities: {
      ...createActivities({
        ...callDependencies(options),
        ...(store.kept && { noteStart: noterOf(store.kept, options) }),
        loadPlan: loadDefinition,
        emit,
        ...options.agents,
        ...(options.alerts && { alerts: options.alerts }),
      }),
      ...(callTool && { default: callTool }),
    },
    ...guards,
    sinks: { ...guards.sinks, ...(metrics && countingSinks(metrics)) },
    shutdownGraceTime: shutdownGraceMs,
    shutdownForceTime: shutdownGraceMs + 10_000,
    ...HEARTBEATS,
  });
  const ended = worker.run();
  // Whoever starts the engine awaits `ended`; until then a failure must not end the process unheard.
  ended.catch((error: unknown) => logger.error({ error }, 'engine worker broke'));
  logger.info({ taskQueue: config.temporal.taskQueue }, 'engine worker runs');
  return {
    worker,
    ended,
    running: () => worker.getState() === 'RUNNING',
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended.catch(() => undefined);
    },
  };
}

/** What workflow code tells its worker beside the history. */
function countingSinks(metrics: Metrics): NonNullable<WorkerOptions['sinks']> {
  return {
    omni: {
      ended: { fn: (_info, execution: EndedExecution) => countEnded(metrics, execution), callDuringReplay: false },
    },
  };
}

/** What begins without a plan is written down when it has found one. */
function noterOf(
  kept: Store['kept'],
  { config, logger }: EngineOptions,
): NonNullable<ActivityDependencies['noteStart']> {
  const home = homeOf(config.temporal.namespace, config.temporal.taskQueue);
  return (executionId, plan) => noteStart({ kept, home, logger }, { executionId, plan, now: Date.now() }, 'renew');
}

/**
 * Readies the SDK's runtime, once per process however often it is asked, and before the first connection: its logs go through
 * ours, and it traps no signals, because the process stops its parts in an order of its own. With `metrics` it counts, and what it
 * counts can be read (sdk-metrics.ts).
 */
export function prepareRuntime(logger: Logger, { metrics = false } = {}): void {
  const begin = (exporter?: MetricsExporterConfig): unknown =>
    Runtime.install({
      shutdownSignals: [],
      telemetryOptions: {
        logging: { filter: makeTelemetryFilterString({ core: 'WARN' }), forward: {} },
        ...(exporter && { metrics: exporter }),
      },
      logger: new DefaultLogger('WARN', (line) => {
        const { level, message } = line;
        // Workers of tools and of agents have none, and say so each time that they begin.
        const expected = message.startsWith('No workflows registered');
        const log = level === 'ERROR' ? 'error' : level === 'WARN' && !expected ? 'warn' : 'debug';
        logger[log](sdkFields(line), message);
      }),
    });
  try {
    if (metrics) beginWithMetrics(begin, logger);
    else begin();
  } catch (error) {
    // A second platform in one process shares the first one's runtime.
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
