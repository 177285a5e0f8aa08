/** An agent: a worker of a type that is registered under an id, with what it can do and how much of it at once. */
import type { Priority } from '../plan/agent';
import type { JsonObject } from '../plan/json';

/** What `registerAgent` is given. */
export interface AgentDefinition {
  /** `manager-001`. */
  readonly id: string;
  readonly name: string;
  /** `manager`. */
  readonly type: string;
  /** All agents of a pool can do the same. */
  readonly pool: string;
  readonly capabilities: readonly string[];
  /** Tasks that it works on at once. */
  readonly maxConcurrency: number;
  readonly priority: Priority;
  readonly config: JsonObject;
  readonly metadata: JsonObject;
}

/** What an agent's process says of itself, every few seconds. */
export interface AgentPulse {
  /** UUID of the process. */
  readonly owner: string;
  readonly build: string;
  /** Tasks that it works on now. */
  readonly inFlight: number;
  /** It takes no more tasks and ends when those that run have ended. */
  readonly draining: boolean;
}

/** Statuses that somebody may set. */
export type SetStatus = 'busy' | 'idle' | 'offline' | 'paused' | 'draining';
export const SET_STATUSES = ['busy', 'idle', 'offline', 'paused', 'draining'] as const satisfies readonly SetStatus[];

/** A status that somebody has set: it stands beside the derived one until its time is over. */
export interface StatusOverride {
  readonly status: SetStatus;
  readonly metadata: JsonObject;
  readonly by: string;
  readonly until: Date;
}

/** An agent as it is kept. */
export interface AgentRecord extends AgentDefinition {
  /** Counts registrations that changed something, from 1. */
  readonly version: number;
  readonly registeredAt: Date;
  readonly updatedAt: Date;
  /** Absent, or its time is over: none. */
  readonly override?: StatusOverride;
  /** Of the process that was heard of last; absent: there was none yet, or it ended in order. */
  readonly heard?: AgentPulse & { readonly startedAt: Date; readonly seenAt: Date };
}
