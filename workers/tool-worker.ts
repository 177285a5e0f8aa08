/** A worker for a tool that this process brought along: it serves the tool's own queue and nothing else. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { createCallTool } from '../activities/call-tool';
import type { CallParts } from './call-dependencies';
import { callDependencies } from './call-dependencies';
import type { EncryptionOptions } from './encryption';
import { workerEncryption } from './encryption';
import { HEARTBEATS } from './engine';
import { traced } from './tracing';

export interface ToolWorkerOptions extends CallParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queue: string;
  readonly encryption?: Omit<EncryptionOptions, 'logger'>;
}

export interface ToolWorker {
  /** Takes no new call and resolves when those that run have ended. */
  stop(): Promise<void>;
}

/** How long running calls may go on when the worker is told to stop. */
const GRACE_MS = 10_000;

export async function startToolWorker(options: ToolWorkerOptions): Promise<ToolWorker> {
  const { connection, namespace, queue, encryption, tracing, logger } = options;
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: queue,
    activities: {
      default: createCallTool(callDependencies(options)),
    },
    ...traced(workerEncryption({ ...encryption, logger }), tracing),
    // A process may bring many tools, and each has a queue: two polls keep one busy.
    maxConcurrentActivityTaskPolls: 2,
    shutdownGraceTime: GRACE_MS,
    shutdownForceTime: GRACE_MS + 5_000,
    ...HEARTBEATS,
  });
  const ended = worker.run();
  ended.catch((error: unknown) => logger.error({ error, queue }, 'tool worker broke'));
  return {
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended.catch(() => undefined);
    },
  };
}
