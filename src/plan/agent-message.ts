/**
 * Messages to agents: what their sender, the receiver's inbox and the activities that read and write the ledger agree on. An inbox is a
 * workflow of the type `inbox:agent` that is there while its agent has mail. It is told of a message by a signal without the payload, which
 * lies in the ledger, and makes a task of it.
 */
import type { AgentTaskRequest, Priority } from './agent';
import { PRIORITY_KEYS } from './agent';
import type { Json } from './json';
import { isObject } from './json';
import type { Problem } from './problem';
import { queueBeside } from './task-queue';

export const AGENT_INBOX_TYPE = 'inbox:agent';

/** Signal to an inbox: an `Envelope`. */
export const MAIL_SIGNAL = 'omni:mail';

export const LOOK_AT_AGENT_ACTIVITY = 'omni:look-at-agent';
export const TAKE_MESSAGE_ACTIVITY = 'omni:take-message';
export const SETTLE_MESSAGE_ACTIVITY = 'omni:settle-message';
export const TASK_END_ACTIVITY = 'omni:task-end';

/** What a message may be in, in this order but for the ends. */
export const MESSAGE_STATES = [
  /** On record; its receiver has not taken it yet. */
  'accepted',
  /** It is a task, or a running task was told. */
  'delivered',
  'answered',
  /** Its task failed. */
  'failed',
  /** Nobody took it in its time. */
  'expired',
  /** The answer came when nobody waited for it any more, and was dropped. */
  'late',
  'rejected',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** What an agent does with a message while it works on another: `AgentDefinition.config.whenBusy`. */
export const BUSY_POLICIES = ['enqueue', 'interleave', 'reject'] as const;
export type BusyPolicy = (typeof BUSY_POLICIES)[number];

/** What an inbox has to know of a message before it delivers it. */
export interface Envelope {
  readonly id: string;
  readonly priority: Priority;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** Argument of an inbox. */
export interface InboxArgument {
  /** Id of the agent whose mail it is. */
  readonly agent: string;
}

/** The id of an agent's inbox at Temporal. */
export function inboxId(agentId: string, taskQueue: string): string {
  return queueBeside(taskQueue, `inbox:${agentId}`);
}

/** An agent as its inbox sees it. */
export interface AgentLook {
  /** False: offline, paused or draining, so its mail waits. */
  readonly isTaking: boolean;
  /** All of its slots are in use, or somebody has said so. */
  readonly isBusy: boolean;
  readonly whenBusy: BusyPolicy;
  /** Tasks that it works on at once. */
  readonly slots: number;
}

/** `over`: there is nothing to do any more; `taskId`: of a task that was made of it and may still run. */
export type Taken = { readonly request: AgentTaskRequest } | { readonly over: true; readonly taskId?: string };

/** How a message ends. */
export type Settlement =
  | { readonly state: 'answered'; readonly answer: Json }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'expired' | 'rejected'; readonly reason: string };

/** Undefined: there is no such agent. */
export type LookAtAgent = (agentId: string) => Promise<AgentLook | undefined>;
/** From now on it counts as delivered; again gives the same. What the agent cannot do is settled as rejected, and over. */
export type TakeMessage = (messageId: string) => Promise<Taken>;
/** What is settled already stays as it is. */
export type SettleMessage = (messageId: string, settlement: Settlement) => Promise<void>;
/** Undefined: the task runs. */
export type TaskEnd = (taskId: string) => Promise<Settlement | undefined>;

/** Malformed ones come from strangers. */
export function isEnvelope(value: unknown): value is Envelope {
  return (
    isObject(value) &&
    typeof value['id'] === 'string' &&
    typeof value['priority'] === 'string' &&
    Object.hasOwn(PRIORITY_KEYS, value['priority']) &&
    ['undefined', 'number'].includes(typeof value['expiresAt'])
  );
}
