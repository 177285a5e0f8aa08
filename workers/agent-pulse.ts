/** What an agent's process says of itself every few seconds, and what it hears of how it is to go on. */
import type { Logger } from 'pino';
import type { AgentPulse } from '../src/agents/agent';
import type { AgentRegistry, AgentView } from '../src/agents/registry';

export interface PulseParts {
  readonly registry: Pick<AgentRegistry, 'pulse'>;
  readonly id: string;
  readonly beatMs: number;
  readonly say: () => AgentPulse;
  readonly full: () => boolean;
  readonly heard: (agent: AgentView) => Promise<void>;
  /** The agent is another process, or no longer registered. */
  readonly lost: () => void;
  readonly logger: Logger;
}

export interface Pulse {
  start(): void;
  /** Resolves when it has been said; that the database does not answer is logged. */
  beat(): Promise<void>;
  /** Says so within a moment when the agent has no slot left, or has one again. */
  slotsChanged(): void;
  close(): Promise<void>;
}

/** Short tasks take and free the last slot many times a second. */
const MOMENT_MS = 200;

export function createPulse({ registry, id, beatMs, say, full, heard, lost, logger }: PulseParts): Pulse {
  let timer: NodeJS.Timeout | undefined;
  let moment: NodeJS.Timeout | undefined;
  let closed = false;
  let wasFull = false;
  // One after the other, so that what was said last is what counts.
  let saying: Promise<void> = Promise.resolve();
  const once = async (): Promise<void> => {
    if (closed) return;
    try {
      const agent = await registry.pulse(id, say());
      if (agent === undefined) lost();
      else await heard(agent);
    } catch (error) {
      logger.warn({ error }, 'the agent could not say that it lives');
    }
  };
  const beat = (): Promise<void> => (saying = saying.then(once));
  return {
    start() {
      timer = setInterval(() => void beat(), beatMs);
    },
    beat,
    slotsChanged() {
      if (wasFull === full()) return;
      wasFull = full();
      moment ??= setTimeout(() => {
        moment = undefined;
        void beat();
      }, MOMENT_MS);
    },
    async close() {
      clearInterval(timer);
      clearTimeout(moment);
      closed = true;
      await saying;
    },
  };
}
