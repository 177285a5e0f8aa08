/** What every measurement stands on: a Temporal server of its own that keeps everything in memory, and one worker. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../activities';
import { loadConfig } from '../src/config';
import { compileDefinition } from '../src/language/compile';
import type { Json } from '../src/plan/json';
import type { Plan } from '../src/plan/plan';
import { OmniError } from '../src/plan/problem';
import type { StartArgument } from '../src/plan/record';
import type { BlobStore } from '../src/store/blob-table';
import { freePort } from '../src/store/port';
import { connect, connectWorker } from '../src/temporal/connection';
import { findTemporalBinary } from '../src/temporal/find-binary';
import { startTemporalServer } from '../src/temporal/local-server';
import type { ToolRegistry } from '../src/tools/registry';
import { bundleWorkflows } from '../workers/bundle';
import { prepareRuntime } from '../workers/engine';

const TASK_QUEUE = 'bench';

export interface BenchSetup {
  readonly registry: ToolRegistry;
  /** Absent: no measurement stores anything. */
  readonly blobs?: BlobStore;
  /** Folder of workflows to bundle; absent: the interpreter alone. */
  readonly workflowsPath?: string;
  /** Beside those of the interpreter. */
  readonly activities?: Readonly<Record<string, (input: never) => Promise<unknown>>>;
}

export interface BenchEngine {
  start(workflowType: string, ...args: readonly unknown[]): Promise<WorkflowHandle>;
  startPlan(plan: Plan, payload?: Json): Promise<WorkflowHandle>;
}

/** Runs the work against a worker with the SDK's default slots. */
export async function withEngine(setup: BenchSetup, work: (engine: BenchEngine) => Promise<void>): Promise<void> {
  const { registry, blobs = NO_BLOBS, workflowsPath, activities = {} } = setup;
  const logger = pino({ level: 'silent' });
  prepareRuntime(logger);
  const server = await startServer();
  const address = { address: server.address, namespace: 'default' };
  const temporal = await connect(address);
  const connection = await connectWorker(address);
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { code: await bundleWorkflows(workflowsPath) },
    activities: {
      ...activities,
      ...createActivities({
        registry,
        logger,
        blobs,
        emit: () => Promise.resolve({ started: [], refused: [] }),
        loadPlan: () => Promise.resolve(undefined),
      }),
    },
  });
  const running = worker.run();
  const start: BenchEngine['start'] = (type, ...args) =>
    temporal.client.workflow.start(type, {
      taskQueue: TASK_QUEUE,
      workflowId: `bench-${randomUUID()}`,
      args: [...args],
    });
  try {
    await work({
      start,
      startPlan: (plan, payload = {}) => {
        const argument: StartArgument = { omni: 1, plan, snapshot: { flags: {}, settings: {} }, payload, context: {} };
        return start(plan.id, argument);
      },
    });
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
    await temporal.close();
    await server.stop();
  }
}

/** Compiles a definition of `bench/`, such as `loops/near.yaml`. */
export function planFrom(name: string, registry: ToolRegistry): Plan {
  const file = path.join(loadConfig().root, 'bench', name);
  const { plan, diagnostics } = compileDefinition({ text: readFileSync(file, 'utf8'), file }, registry);
  if (plan === undefined) throw new OmniError('validation', JSON.stringify(diagnostics));
  return plan;
}

/** Ours by theirs, to three places. */
export function ratio(ours: number, theirs: number): number {
  return Math.round((ours / theirs) * 1000) / 1000;
}

const NO_BLOBS: BlobStore = {
  put: () => Promise.reject(new Error('nothing large here')),
  get: () => Promise.resolve(undefined),
  copy: () => Promise.resolve(),
};

/** Keeps everything in memory. */
export async function startServer() {
  const { temporal, cacheDir, variables } = loadConfig();
  const binary = findTemporalBinary({
    ...(temporal.cliPath === undefined ? {} : { cliPath: temporal.cliPath }),
    cacheDir,
    searchPath: variables['PATH'] ?? '',
  });
  const port = await freePort();
  return startTemporalServer({ binary, port, namespace: 'default', retentionDays: 1, log: () => undefined });
}
