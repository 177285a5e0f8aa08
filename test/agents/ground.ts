/** Agents for tests of pure functions. */
import type { AgentPulse } from '../../src/agents/agent';
import type { MatchableAgent } from '../../src/agents/matching';

export const NOW = new Date('2026-03-01T12:00:00Z');
export const ago = (ms: number): Date => new Date(NOW.getTime() - ms);
export const ahead = (ms: number): Date => new Date(NOW.getTime() + ms);

type Given = Partial<Omit<MatchableAgent, 'heard'>> & {
  /** `false`: no process of it has been heard of. */
  readonly heard?: Partial<AgentPulse & { readonly seenAt: Date }> | false;
};

/** An idle engineer with one slot, but for what is given. */
export function agent({ heard, ...given }: Given = {}): MatchableAgent {
  return {
    id: 'engineer-001',
    name: 'Engineer',
    type: 'engineer',
    pool: 'default',
    capabilities: ['code'],
    maxConcurrency: 1,
    priority: 'normal',
    config: {},
    metadata: {},
    version: 1,
    registeredAt: ago(1000),
    updatedAt: ago(1000),
    poolTasks: 0,
    ownTasks: 0,
    ...given,
    ...(heard === false
      ? {}
      : {
          heard: {
            owner: 'a-process',
            build: 'test',
            startedAt: ago(60_000),
            seenAt: ago(1000),
            inFlight: 0,
            draining: false,
            ...heard,
          },
        }),
  };
}
