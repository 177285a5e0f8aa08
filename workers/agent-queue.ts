/** A worker of Temporal's for one of the two queues of an agent, on the slots that both share. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { AgentWork } from '../activities/agent-work';
import { inSlot } from '../activities/in-slot';
import type { Tracing } from '../src/tracing/tracing';
import type { AgentSlots, QueueKind } from './agent-slots';
import type { EncryptionOptions } from './encryption';
import { workerEncryption } from './encryption';
import { HEARTBEATS } from './engine';
import { traced } from './tracing';

export interface QueueOptions {
  readonly kind: QueueKind;
  readonly queue: string;
  /** What Temporal calls the worker. */
  readonly identity: string;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly encryption?: Omit<EncryptionOptions, 'logger'>;
  readonly tracing?: Tracing;
  readonly slots: AgentSlots;
  readonly work: AgentWork;
  /** Aborted with an `OmniError` when what waits for a slot is left to other agents. */
  readonly ending: AbortSignal;
  readonly onBroken: (error: Error) => void;
  readonly logger: Logger;
}

export interface Serving {
  /** Resolves when it takes nothing more and all that it took has ended. */
  readonly ended: Promise<void>;
  running(): boolean;
  /** Takes nothing more; what runs goes on. */
  end(): void;
}

/** An agent takes little at a time, and a process may hold several agents. */
const POLLS = { pool: 2, own: 1 } as const;
/** Temporal is not to cancel what runs: a paused agent ends its tasks in peace, and whoever stops an agent keeps the time. */
const NEVER_MS = 30 * 24 * 60 * 60_000;
const UNUSED = { type: 'fixed-size', numSlots: 1 } as const;

export async function serveQueue(options: QueueOptions): Promise<Serving> {
  const { kind, queue, identity, connection, namespace, slots, work, ending, onBroken, logger } = options;
  const worker = await Worker.create({
    connection,
    namespace,
    identity,
    taskQueue: queue,
    activities: { default: inSlot(work, (signal, act) => slots.hold(kind, [signal, ending], act)) },
    ...traced(workerEncryption({ ...options.encryption, logger }), options.tracing),
    tuner: {
      activityTaskSlotSupplier: slots.supplier(kind),
      workflowTaskSlotSupplier: UNUSED,
      localActivityTaskSlotSupplier: UNUSED,
      nexusTaskSlotSupplier: UNUSED,
    },
    maxConcurrentActivityTaskPolls: POLLS[kind],
    shutdownGraceTime: NEVER_MS,
    ...HEARTBEATS,
  });
  const ended = worker.run().catch(onBroken);
  return {
    ended,
    running: () => worker.getState() === 'RUNNING' || worker.getState() === 'DRAINING',
    end() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
