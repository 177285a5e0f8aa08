/** The status of an agent: what its heartbeat and its slots say, and what somebody has set, together. */
import type { AgentRecord, StatusOverride } from './agent';

/** The one that is listed first counts where several hold. `working`: it has tasks and free slots. */
export const STATUSES = ['offline', 'paused', 'draining', 'busy', 'working', 'idle'] as const;
export type AgentStatus = (typeof STATUSES)[number];

/** Unseen for as long, in milliseconds, an agent is offline. */
export const AGENT_LIFE_MS = 30_000;

/** For how long a set status stands, in milliseconds, unless whoever sets it says otherwise; and at most. */
export const OVERRIDE_MS = 15 * 60_000;
export const LONGEST_OVERRIDE_MS = 24 * 60 * 60_000;

export interface StatusView {
  /** What counts. */
  readonly status: AgentStatus;
  /** What heartbeat and slots say. */
  readonly derived: AgentStatus;
  /** Only while its time is not over. */
  readonly override?: StatusOverride;
}

/** `now`: by the clock that the record's times are from. */
export function statusOf(agent: AgentRecord, now: Date): StatusView {
  const derived = derivedStatus(agent, now);
  const override = agent.override !== undefined && agent.override.until > now ? agent.override : undefined;
  return {
    status: STATUSES.find((status) => status === derived || status === override?.status) ?? derived,
    derived,
    ...(override && { override }),
  };
}

function derivedStatus({ heard, maxConcurrency }: AgentRecord, now: Date): AgentStatus {
  if (heard === undefined || now.getTime() - heard.seenAt.getTime() > AGENT_LIFE_MS) return 'offline';
  if (heard.draining) return 'draining';
  if (heard.inFlight >= maxConcurrency) return 'busy';
  return heard.inFlight > 0 ? 'working' : 'idle';
}
