/** Messages between agents: the shape in which they are sent, and in which the ledger shows them. */
import { z } from 'zod';
import type { Priority } from '../plan/agent';
import { PRIORITY_KEYS } from '../plan/agent';
import type { Json } from '../plan/json';

/** JSON of a payload, in bytes: it becomes the input of a task. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/** Messages that may wait for one agent. */
export const MAX_WAITING = 200;

/** Agents that one message to a type may go to. */
export const MAX_BROADCAST = 100;

/** Longest time that an answer may be waited for, in milliseconds. */
const MAX_REPLY_MS = 7 * 24 * 60 * 60_000;

/** Of agents, types, senders and correlations: no spaces, no control characters. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@:-]{0,199}$/;
const name = z.string().regex(NAME, 'must be 1 to 200 letters, digits, dots, underscores, hyphens, @ or colons');

/** An agent's id, `type:<type>` for all agents of a type, or `task:<taskId>` for a task that runs. */
export const Receiver = z
  .string()
  .regex(/^(type:|task:)?[A-Za-z0-9][A-Za-z0-9._-]{0,999}$/, 'must be an agent’s id, type:<type> or task:<taskId>');

export const Sender = name;

/** What the message asks for: a capability of the agent, or another word that its type has for one. */
export const MessageType = name;

/** Beside sender, receiver, type, payload and the time at which it expires. */
export const MESSAGE_OPTIONS = {
  priority: z.enum(Object.keys(PRIORITY_KEYS) as Priority[]).optional(),
  correlationId: name.optional(),
  replyWithinMs: z
    .int()
    .min(1)
    .max(MAX_REPLY_MS)
    .optional()
    .describe(
      'Milliseconds: an answer that comes later is dropped, and unless it says otherwise the message expires then',
    ),
} as const;

export interface NewMessage {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly payload: Json;
  /** Default `normal`. */
  readonly priority?: Priority | undefined;
  /** What sender and receiver know each other's messages by. */
  readonly correlationId?: string | undefined;
  /** An answer that comes later than this many milliseconds is dropped. */
  readonly replyWithinMs?: number | undefined;
  /** Not delivered by then, it is not delivered any more. Default: when the time for the answer is over, else never. */
  readonly expiresAt?: Date | undefined;
  /** The same sender and key always mean the same message. */
  readonly idempotencyKey?: string | undefined;
}
