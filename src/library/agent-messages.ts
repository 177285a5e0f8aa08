/** The library's face to what agents are told: messages, requests and answers. */
import { z } from 'zod';
import type { NewMessage } from '../agents/message';
import { MESSAGE_OPTIONS, MessageType, Receiver, Sender } from '../agents/message';
import type { AgentMessages } from '../agents/messages';
import { requestAnswer } from '../agents/request';
import type { MessageState } from '../plan/agent-message';
import type { Json } from '../plan/json';
import { faultsOf, invalid } from './faults';
import type { UnderWay } from './under-way';

/** `priority` is `normal` where none is given. */
export type MessageOptions = Pick<
  NewMessage,
  'priority' | 'correlationId' | 'replyWithinMs' | 'expiresAt' | 'idempotencyKey'
>;

export type RequestOptions = Omit<MessageOptions, 'replyWithinMs'> & { readonly timeoutMs: number };

export interface SentMessage {
  readonly messageId: string;
}

export interface AnsweredMessage extends SentMessage {
  /** `late`: nobody waited for the answer any more, and it was dropped. */
  readonly state: MessageState;
}

export interface MessageCalls {
  /**
   * Resolves when the message is on record: it is then delivered once, whatever is restarted. `to` is an agent's id, `type:<type>` for
   * all of a type, or `task:<taskId>`. Rejects with `not-found` for a receiver that there is not, and `rate-limited` when his mailbox is full.
   */
  sendMessage(from: string, to: string, type: string, payload: Json, options?: MessageOptions): Promise<SentMessage>;
  /** Resolves with the answer; rejects with `timeout` when it does not come in time, and then it is recorded as late and dropped. */
  request(from: string, to: string, type: string, payload: Json, options: RequestOptions): Promise<Json>;
  /** Answers a message by its id, or the one that is open by its correlation. Rejects with `conflict` when it is settled already. */
  reply(about: string, payload: Json): Promise<AnsweredMessage>;
}

const Message = z.strictObject({
  from: Sender,
  to: Receiver,
  type: MessageType,
  payload: z.json(),
  ...MESSAGE_OPTIONS,
  expiresAt: z.date().optional(),
  idempotencyKey: z.string().min(1).max(255).optional(),
});

/** Waits end when the orchestrator closes. */
export function createMessageCalls(messages: AgentMessages, underWay: UnderWay): MessageCalls {
  const request: MessageCalls['request'] = async (from, to, type, payload, { timeoutMs, ...options }) => {
    const message = read({ from, to, type, payload, ...options, replyWithinMs: timeoutMs });
    return requestAnswer(messages, { ...message, replyWithinMs: timeoutMs }, underWay.signal);
  };
  const send: MessageCalls['sendMessage'] = async (from, to, type, payload, options = {}) =>
    messages.send(read({ from, to, type, payload, ...options }));
  const reply: MessageCalls['reply'] = async (about, payload) => {
    const { id: messageId, state } = await messages.reply(about, payload);
    return { messageId, state };
  };
  return {
    sendMessage: (...call) => underWay.track(send(...call)),
    request: (...call) => underWay.track(request(...call)),
    reply: (...call) => underWay.track(reply(...call)),
  };
}

function read(message: unknown): NewMessage {
  const { data, error } = Message.safeParse(message);
  if (error) throw invalid('The message', faultsOf(error));
  return data;
}
