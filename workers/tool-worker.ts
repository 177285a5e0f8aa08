/** A worker for a tool that this process brought along: it serves the tool's own queue and nothing else. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createCallTool } from '../activities/call-tool';
import type { Store } from '../src/store/store';
import type { ToolRegistry } from '../src/tools/registry';
import type { EncryptionOptions } from './encryption';
import { workerEncryption } from './encryption';
import { HEARTBEATS, jointRateOf } from './engine';

export interface ToolWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queue: string;
  readonly store: Pick<Store, 'blobs' | 'keys' | 'rates' | 'partials'>;
  readonly registry: ToolRegistry;
  readonly encryption?: Omit<EncryptionOptions, 'logger'>;
  readonly logger: Logger;
}

export interface ToolWorker {
  /** Takes no new call and resolves when those that run have ended. */
  stop(): Promise<void>;
}

/** How long running calls may go on when the worker is told to stop. */
const GRACE_MS = 10_000;

export async function startToolWorker(options: ToolWorkerOptions): Promise<ToolWorker> {
  const { connection, namespace, queue, store, registry, encryption, logger } = options;
  const { blobs, keys, partials } = store;
  const jointRate = jointRateOf({ store, logger });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: queue,
    activities: {
      default: createCallTool({
        registry,
        blobs,
        jointRate,
        publishPartials: partials.publish,
        redactionKey: keys.redaction,
        logger,
      }),
    },
    ...workerEncryption({ ...encryption, logger }),
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
