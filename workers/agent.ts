/**
 * The worker of one agent: pulls from the queue of its pool and from its own, works on as much at once as the agent may, and says every few
 * seconds that it lives.
 */
import type { NativeConnection } from '@temporalio/worker';
import { createAgentWork } from '../activities/agent-work';
import { createCallTool } from '../activities/call-tool';
import { SETTLE_MS } from '../activities/task-bounds';
import type { AgentType } from '../src/agents/capability';
import type { AgentRegistry, AgentView } from '../src/agents/registry';
import { agentQueue, ownAgentQueue } from '../src/plan/agent';
import { OmniError } from '../src/plan/problem';
import type { ToolRegistry } from '../src/tools/registry';
import type { AgentWish } from './agent-claim';
import { claimAgent } from './agent-claim';
import { createPulse } from './agent-pulse';
import type { Serving } from './agent-queue';
import { serveQueue } from './agent-queue';
import { createAgentSlots } from './agent-slots';
import type { CallParts } from './call-dependencies';
import { callDependencies } from './call-dependencies';
import type { EncryptionOptions } from './encryption';

export interface AgentWorkerOptions extends Omit<CallParts, 'registry'> {
  readonly type: AgentType;
  readonly wish: AgentWish;
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Of the engine. */
  readonly taskQueue: string;
  readonly registry: Pick<AgentRegistry, 'register' | 'get' | 'pulse' | 'leave'>;
  readonly tools: ToolRegistry;
  readonly encryption?: Omit<EncryptionOptions, 'logger'>;
  /** UUID of this agent's process. */
  readonly owner: string;
  /** Version of the program. */
  readonly build: string;
  /** Told of each task that begins here; its failure is logged. */
  readonly onTaken?: (taken: TakenTask) => Promise<void>;
  /** Told of each task that has ended here; what is cancelled or left to others has not. */
  readonly onEnd?: (end: 'done' | 'failed') => void;
  /** How long tasks may go on when the agent is told to stop. */
  readonly shutdownGraceMs?: number;
  readonly beatMs?: number;
}

export interface TakenTask {
  readonly taskId: string;
  readonly agentId: string;
  readonly pool: string;
  /** Counts from 1. */
  readonly attempt: number;
}

export interface AgentWorker {
  readonly id: string;
  readonly type: string;
  readonly pool: string;
  /** Rejects when it broke, or another process became this agent; resolves after `stop`. */
  readonly ended: Promise<void>;
  /** Tasks and calls that it works on now. */
  inFlight(): number;
  /** How many may be so many at once. */
  slots(): number;
  running(): boolean;
  /** Takes nothing more, lets tasks end within the grace time, leaves the others to other agents, and resolves when all is done. */
  stop(): Promise<void>;
}

/** Pods are given 60 s to end (deploy/kubernetes). */
const GRACE_MS = 25_000;
const BEAT_MS = 10_000;

/** Throws `conflict` when the agent is another process, or of another type. */
export async function startAgentWorker(options: AgentWorkerOptions): Promise<AgentWorker> {
  const { type, registry, taskQueue, owner, build, shutdownGraceMs = GRACE_MS, beatMs = BEAT_MS } = options;
  const agent = await claimAgent({ ...options, pulse: { owner, build, inFlight: 0, draining: false } });
  const { id, pool } = agent;
  const logger = options.logger.child({ agent: id });
  const ending = new AbortController();
  const slots = createAgentSlots(agent.maxConcurrency, () => pulse.slotsChanged());
  const work = workOf(agent, { ...options, logger }, ending.signal);
  const serve = (kind: 'pool' | 'own', queue: string): Promise<Serving> =>
    serveQueue({
      ...options,
      logger,
      identity: id,
      kind,
      queue,
      slots,
      work,
      ending: ending.signal,
      onBroken: (error) => over(error),
    });

  let stopping: Promise<void> | undefined;
  let over: (error?: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    over = (error) => {
      if (error === undefined) return resolve();
      logger.error({ error }, 'agent broke');
      reject(error);
      void stop();
    };
  });
  // Whoever starts an agent may await `ended`; until then a failure must not end the process unheard.
  ended.catch(() => undefined);

  const serving = new Set<Serving>();
  let fromPool: Serving | undefined;
  const follow = async ({
    override,
    maxConcurrency,
  }: Pick<AgentView, 'override' | 'maxConcurrency'>): Promise<void> => {
    slots.setLimit(maxConcurrency);
    // Whatever somebody has set, it means that it is to get no new tasks; `idle` takes that back.
    const halted = stopping !== undefined || override !== undefined;
    if (halted && fromPool !== undefined) {
      logger.info({ status: override?.status }, 'agent takes nothing more from its pool');
      fromPool.end();
      fromPool = undefined;
    } else if (!halted && fromPool === undefined) {
      const next = await serve('pool', agentQueue(type.type, pool, taskQueue));
      serving.add(next);
      void next.ended.then(() => serving.delete(next));
      fromPool = next;
      logger.info('agent takes from its pool');
    }
  };
  const pulse = createPulse({
    registry,
    id,
    beatMs,
    say: () => ({ owner, build, inFlight: slots.used, draining: stopping !== undefined }),
    full: () => slots.used >= slots.limit,
    heard: follow,
    lost: () =>
      over(new OmniError('conflict', `Another process has become the agent ${id}, or it was removed: this one ends.`)),
    logger,
  });

  async function end(): Promise<void> {
    await pulse.beat();
    for (const one of serving) one.end();
    const all = Promise.all([...serving].map((one) => one.ended));
    if (!(await within(shutdownGraceMs, all))) {
      const left = slots.used;
      logger.warn({ left }, 'tasks are left to other agents');
      ending.abort(
        new OmniError(
          'provider-unavailable',
          `The agent ${id} ended before this was done: it is tried again elsewhere.`,
        ),
      );
      await within(SETTLE_MS + 5_000, all);
    }
    await pulse.close();
    await registry.leave(id, owner).catch((error: unknown) => logger.warn({ error }, 'the agent’s end was not noted'));
    over();
  }
  const stop = (): Promise<void> => (stopping ??= Promise.resolve().then(end));

  try {
    serving.add(await serve('own', ownAgentQueue(type.type, id, taskQueue)));
    await follow(agent);
  } catch (error) {
    await stop();
    throw error;
  }
  pulse.start();
  return {
    id,
    type: type.type,
    pool,
    ended,
    inFlight: () => slots.used,
    slots: () => slots.limit,
    running: () => stopping === undefined && [...serving].every((one) => one.running()),
    stop,
  };
}

function workOf({ id, pool }: AgentView, options: AgentWorkerOptions, ending: AbortSignal) {
  const { type, tools, store, onTaken, onEnd, logger } = options;
  return createAgentWork({
    agentId: id,
    type,
    blobs: store.blobs,
    ending,
    callTool: createCallTool({ ...callDependencies({ ...options, registry: tools }), ending }),
    onTaken: async (taskId, attempt) => onTaken?.({ taskId, agentId: id, pool, attempt }),
    onEnd: (end) => onEnd?.(end),
    logger,
  });
}

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
