/**
 * The slots of one agent over the two queues that it pulls from. A worker of Temporal's core holds a slot while it polls, so slots shared by
 * two workers would let an idle poll of one queue keep the other's work out. Here a poll needs room, and only work takes a slot.
 */
import type { ActivitySlotInfo, CustomSlotSupplier } from '@temporalio/worker';

/** The queue of the pool, or that of the agent alone. */
export type QueueKind = 'pool' | 'own';

export interface AgentSlots {
  /** Work under way: never more than the limit. */
  readonly used: number;
  readonly limit: number;
  /** Takes effect at once; what runs goes on. */
  setLimit(limit: number): void;
  /** Runs the work as soon as a slot is free, in the order of asking. Rejects with a signal's reason when that comes before. */
  hold<T>(kind: QueueKind, signals: readonly AbortSignal[], work: () => Promise<T>): Promise<T>;
  /** For the worker of the queue: lets it poll while there is room for what it may bring. */
  supplier(kind: QueueKind): CustomSlotSupplier<ActivitySlotInfo>;
}

interface Waiting {
  readonly ready: () => boolean;
  readonly begin: () => void;
}

/** `onChange` is told after each change of `used`. */
export function createAgentSlots(first: number, onChange: () => void = () => undefined): AgentSlots {
  let limit = first;
  let used = 0;
  /** Polls of the pool's queue, and what they have brought. */
  let pooled = 0;
  /** What came from the agent's own queue, whether it runs or waits. */
  let own = 0;
  const work: Waiting[] = [];
  const polls: Waiting[] = [];
  // What others could do as well is asked for only while there is a slot for it. Nobody else can do what is in the own queue.
  const room = {
    pool: () => pooled + own < limit,
    own: () => used + work.length < limit,
  };

  const settle = (): void => {
    for (const line of [work, polls])
      for (let next = line.findIndex(isReady); next >= 0; next = line.findIndex(isReady))
        line.splice(next, 1)[0]?.begin();
  };
  const wait = (line: Waiting[], ready: () => boolean, signals: readonly AbortSignal[], begin: () => void) =>
    new Promise<void>((resolve, reject) => {
      const hear = (): void => signals.forEach((signal) => signal.addEventListener('abort', leave));
      const unhear = (): void => signals.forEach((signal) => signal.removeEventListener('abort', leave));
      const leave = (): void => {
        unhear();
        line.splice(line.indexOf(entry), 1);
        reject(signals.find(({ aborted }) => aborted)?.reason as Error);
      };
      const entry: Waiting = {
        ready,
        begin() {
          unhear();
          begin();
          resolve();
        },
      };
      line.push(entry);
      if (signals.some(({ aborted }) => aborted)) return leave();
      hear();
      settle();
    });

  return {
    get used() {
      return used;
    },
    get limit() {
      return limit;
    },
    setLimit(next) {
      limit = next;
      settle();
    },
    async hold(kind, signals, act) {
      let held = false;
      own += kind === 'own' ? 1 : 0;
      try {
        await wait(
          work,
          () => used < limit,
          signals,
          () => {
            held = true;
            used += 1;
            onChange();
          },
        );
        return await act();
      } finally {
        own -= kind === 'own' ? 1 : 0;
        used -= held ? 1 : 0;
        settle();
        if (held) onChange();
      }
    },
    supplier: (kind) => ({
      type: 'custom',
      async reserveSlot(_, signal) {
        await wait(polls, room[kind], [signal], () => {
          pooled += kind === 'pool' ? 1 : 0;
        });
        return {};
      },
      // For work that a workflow of the same worker starts: there is none here.
      tryReserveSlot: () => null,
      markSlotUsed: () => undefined,
      releaseSlot() {
        pooled -= kind === 'pool' ? 1 : 0;
        settle();
      },
    }),
  };
}

function isReady({ ready }: Waiting): boolean {
  return ready();
}
