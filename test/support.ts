/** What tests stand on: real servers of the whole run, and an engine worker of their own. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import type { Agents } from '../src/agents/agents';
import { createAgents } from '../src/agents/agents';
import { createExecutions } from '../src/executions/executions';
import type { KeyRing } from '../src/encryption/key-ring';
import { createKeyRing } from '../src/encryption/key-ring';
import type { Metrics } from '../src/monitoring/metrics';
import { createMetrics } from '../src/monitoring/metrics';
import type { Monitoring } from '../src/monitoring/monitoring';
import { createMonitoring } from '../src/monitoring/monitoring';
import { startSampler } from '../src/monitoring/sampler';
import { openTraces } from '../src/monitoring/traces';
import type { Json } from '../src/plan/json';
import type { Plan } from '../src/plan/plan';
import type { Snapshot, StartArgument } from '../src/plan/record';
import { homeOf } from '../src/store/kept-execution-table';
import type { Store } from '../src/store/store';
import { alertRounds } from '../src/library/alert-keeper';
import { clientCodec, workerCodec } from '../src/temporal/payload-codec';
import { TRACE_STARTS } from '../src/temporal/trace-header';
import { CONTRACTS } from '../src/tools/contracts';
import { ToolRegistry } from '../src/tools/registry';
import type { Provider, ToolContract } from '../src/tools/tool';
import type { Tracing } from '../src/tracing/tracing';
import type { ActivityDependencies } from '../activities/dependencies';
import type { Engine, EngineOptions } from '../workers/engine';
import { prepareRuntime, startEngine } from '../workers/engine';
import { testBundlePath, testStore, testTemporalAddress } from './servers';

export * from './servers';

export const quiet = pino({ level: process.env['TEST_LOG'] ?? 'silent' });

export interface HarnessOptions {
  readonly providers: readonly Provider[];
  /** Beside the built-in ones. */
  readonly contracts?: readonly ToolContract[];
  /** Plans that executions started without one may load, by id. */
  readonly plans?: readonly Plan[];
  readonly snapshot?: Snapshot;
  /** Instead of `plans`: where an execution that was started without a plan finds it. */
  readonly loadDefinition?: EngineOptions['loadDefinition'];
  /** What payloads and stored values are encrypted with; absent: a key of the harness's own. */
  readonly keys?: KeyRing;
  /** What events start; absent: nothing listens. */
  readonly emit?: ActivityDependencies['emit'];
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing;
}

export interface Harness {
  readonly metrics: Metrics;
  readonly monitoring: Monitoring;
  readonly client: Client;
  readonly connection: Connection;
  readonly taskQueue: string;
  readonly store: Store;
  readonly registry: ToolRegistry;
  readonly agents: Agents;
  /** The worker; stop it to see what an execution does without one. */
  readonly engine: Engine;
  /** Starts a plan, sent along as the API does it. */
  start(plan: Plan, payload: Json, context?: Json): Promise<WorkflowHandle>;
  /** Another worker on the same queue. */
  startAnotherEngine(): Promise<Engine>;
  close(): Promise<void>;
}

const nobodyListens: ActivityDependencies['emit'] = () => Promise.resolve({ started: [], refused: [] });

/** A worker on its own task queue and a client, on the run's servers; `close` ends both. */
export async function harness(options: HarnessOptions): Promise<Harness> {
  const { providers, contracts = [], plans = [], snapshot = { flags: {}, settings: {} } } = options;
  const { keys = createKeyRing({ keys: [randomBytes(32)] }) } = options;
  prepareRuntime(quiet);
  const [address, bundlePath, store] = await Promise.all([testTemporalAddress(), testBundlePath(), testStore(keys)]);
  const codec = { keys, namespace: 'default' };
  const taskQueue = `test-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({
    connection,
    dataConverter: { payloadCodecs: [clientCodec(codec)] },
    interceptors: { workflow: [TRACE_STARTS] },
  });
  const registry = new ToolRegistry([...CONTRACTS, ...contracts], providers);
  const metrics = createMetrics();
  const home = homeOf('default', taskQueue);
  const sampler = startSampler({
    metrics,
    table: store.samples,
    home,
    owner: randomUUID(),
    logger: quiet,
    // Whoever asks has it taken.
    everyMs: 3_600_000,
  });
  const traces = openTraces({ table: store.spans, home, days: 7, logger: quiet });
  const monitoring = createMonitoring({
    metrics,
    table: store.samples,
    home,
    sampler,
    alerts: { table: store.alerts, logger: quiet },
    traces,
  });
  const agents = createAgents({
    store,
    home,
    client,
    taskQueue,
    now: () => Date.now(),
    uuid: () => randomUUID(),
    logger: quiet,
    engine: createExecutions({ client, taskQueue, store, now: () => Date.now(), uuid: () => randomUUID() }),
  });
  const engines: Engine[] = [];
  const planned: EngineOptions['loadDefinition'] = (id) => {
    const plan = plans.find((one) => one.id === id);
    return Promise.resolve(plan && { plan, snapshot });
  };
  const startAnotherEngine = async (): Promise<Engine> => {
    const engine = await startEngine({
      connection: native,
      config: { temporal: { namespace: 'default', taskQueue } },
      store,
      registry,
      loadDefinition: options.loadDefinition ?? planned,
      emit: options.emit ?? nobodyListens,
      bundlePath,
      agents: agents.activities,
      alerts: alertRounds(monitoring.alerts, { client, taskQueue, logger: quiet }),
      encryption: { codec: workerCodec({ ...codec, plaintextUntil: 0 }) },
      metrics,
      ...(options.tracing && { tracing: options.tracing }),
      logger: quiet,
      shutdownGraceMs: 1_000,
    });
    engines.push(engine);
    return engine;
  };
  return {
    client,
    connection,
    taskQueue,
    store,
    registry,
    agents,
    metrics,
    monitoring,
    engine: await startAnotherEngine(),
    startAnotherEngine,
    start: (plan, payload, context = {}) => {
      const argument: StartArgument = { omni: 1, payload, context, plan, snapshot };
      return client.workflow.start(plan.id, { taskQueue, workflowId: `${plan.id}-${randomUUID()}`, args: [argument] });
    },
    async close() {
      await Promise.all(engines.map((engine) => engine.stop()));
      await sampler.stop();
      await traces.stop();
      await registry.close();
      await native.close();
      await connection.close();
      await store.close();
    },
  };
}
