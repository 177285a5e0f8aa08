/** The resource `messages` of agents: sending, the ledger, and answers by hand. */
import { z } from 'zod';
import { MAX_MESSAGE_BYTES, MESSAGE_OPTIONS, MessageType, Receiver, Sender } from '../../src/agents/message';
import { MESSAGE_STATES } from '../../src/plan/agent-message';
import { OmniError } from '../../src/plan/problem';
import type { Caller } from '../../src/security/caller';
import { may } from '../../src/security/caller';
import type { MessageRow } from '../../src/store/agent-message-table';
import { MessageDetailSchema, MessageSchema } from '../agent-message-schemas';
import type { ApiDependencies } from '../dependencies';
import { seenBy } from '../masked';
import type { Answer, Route } from '../route';
import { route } from '../route';
import { AnyJson, IdempotencyKey } from '../schemas';
import { startWishes } from '../started';

const Id = z.object({ id: Receiver.describe('An agent’s id, `type:<type>` or `task:<taskId>`') });
const MessageId = z.string().min(1).max(2000);
const Ids = Id.extend({ messageId: MessageId });

/** What stands around a payload of the greatest size. */
const body = { limitBytes: MAX_MESSAGE_BYTES + 16 * 1024, mediaTypes: ['application/json'] } as const;

const SendBody = z
  .strictObject({
    type: MessageType.describe('A capability of the agent, or another word that its type has for one'),
    payload: AnyJson.optional(),
    from: Sender.optional().describe('Default: who asks; somebody else only with the permission agent:manage'),
    ...MESSAGE_OPTIONS,
    expiresAt: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Not delivered by then, it is not delivered any more'),
  })
  .meta({ id: 'AgentMessageRequest' });

const SendHeaders = z.object({
  prefer: z.string().optional().describe('`wait=<seconds>` waits for the answer, at most 60 s (RFC 7240).'),
  'idempotency-key': IdempotencyKey.describe('The same key and body of one sender always mean the same message.'),
});

const ReplyBody = z.strictObject({ data: AnyJson }).meta({ id: 'AgentMessageAnswerRequest' });

const ListQuery = z.strictObject({
  from: Sender.optional(),
  type: MessageType.optional(),
  state: z.enum(MESSAGE_STATES).optional(),
  correlationId: z.string().min(1).max(200).optional(),
  cursor: MessageId.optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const absent = { description: 'No such message, or not one of this agent' };

export function agentMessageRoutes({ agents: { messages, registry } }: ApiDependencies): readonly Route[] {
  const tag = 'Agents';
  const found = async (id: string, messageId: string, caller: Caller): Promise<MessageRow> => {
    const message = await messages.get(messageId);
    if (message.receiver === id && (isParty(caller, message) || may(caller, 'execution:read'))) return message;
    throw new OmniError('not-found', `There is no message ${messageId} to ${id}.`);
  };
  return [
    route({
      method: 'post',
      path: '/agents/{id}/messages',
      tag,
      summary: 'Send an agent, all agents of a type, or a running task a message; it acts once',
      params: Id,
      headers: SendHeaders,
      body: { schema: SendBody, ...body },
      answers: {
        200: { description: 'Settled within the wait', schema: MessageDetailSchema },
        202: { description: 'On record', schema: MessageDetailSchema },
        403: { description: '`from` is somebody else' },
        404: { description: 'No such agent, or none of the type' },
        409: { description: 'The task does not run' },
        422: { description: 'The Idempotency-Key was used with another message' },
        429: { description: 'As many messages wait for the agent as may' },
      },
      handle: async ({ params: { id: to }, body: wanted, caller, request, signal }) => {
        const { wait, idempotencyKey } = startWishes(request.headers);
        const { expiresAt, payload = null, from = caller.id, ...rest } = wanted;
        speaksFor(caller, from);
        const { messageId } = await messages.send({
          ...rest,
          from,
          to,
          payload,
          expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
          idempotencyKey,
        });
        const waits = AbortSignal.any([signal, AbortSignal.timeout((wait ?? 0) * 1000)]);
        const message = wait === undefined ? await messages.get(messageId) : await messages.wait(messageId, waits);
        const isDone = wait !== undefined && message.settledAt !== undefined;
        return sent(message, isDone ? undefined : wait, isDone ? 200 : 202);
      },
    }),
    route({
      method: 'get',
      path: '/agents/{id}/messages',
      tag,
      summary: 'Messages to an agent, newest first; an agent sees those that are its own',
      params: Id,
      query: ListQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({ messages: z.array(MessageSchema), next: z.string().optional() }),
        },
        404: { description: 'No such agent' },
      },
      handle: async ({ params: { id }, query: { from, type, state, correlationId, cursor, limit }, caller }) => {
        if (!id.includes(':')) await registry.get(id);
        const page = await messages.list({
          receiver: id,
          limit: limit + 1,
          ...(from === undefined ? {} : { sender: from }),
          ...(type === undefined ? {} : { type }),
          ...(state === undefined ? {} : { state }),
          ...(correlationId === undefined ? {} : { correlationId }),
          ...(cursor === undefined ? {} : { before: cursor }),
          ...(may(caller, 'execution:read') ? {} : { party: caller.id }),
        });
        const shown = page.slice(0, limit);
        const last = shown.at(-1);
        return {
          body: { messages: shown.map(bodyOf), ...(last && page.length > limit ? { next: last.id } : {}) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/agents/{id}/messages/{messageId}',
      reveals: true,
      tag,
      summary: 'One message, with what it says and its answer',
      params: Ids,
      answers: { 200: { description: 'The message', schema: MessageDetailSchema }, 404: absent },
      handle: async ({ params: { id, messageId }, caller }) => {
        const message = await found(id, messageId, caller);
        return { body: isParty(caller, message) ? bodyOf(message) : seenBy(caller, bodyOf(message)) };
      },
    }),
    route({
      method: 'post',
      path: '/agents/{id}/messages/{messageId}/answer',
      tag,
      summary: 'Answer a message that was delivered; an agent answers only its own',
      params: Ids,
      body: { schema: ReplyBody, ...body },
      answers: {
        200: {
          description: 'The message as it stands now: `late` when nobody waited any more',
          schema: MessageDetailSchema,
        },
        403: { description: 'An agent answers for another one' },
        404: absent,
        409: { description: 'Not delivered, or settled already' },
      },
      handle: async ({ params: { id, messageId }, body: { data }, caller }) => {
        const message = await found(id, messageId, caller);
        speaksFor(caller, message.receiver);
        return { body: bodyOf(await messages.reply(message.id, data)) };
      },
    }),
  ];
}

/** `preferred`: the seconds that were waited in vain. */
function sent(message: MessageRow, preferred: number | undefined, status: 200 | 202): Answer {
  const shown = bodyOf(message);
  return {
    status,
    headers: {
      Location: shown.links.self,
      ...(preferred === undefined ? {} : { 'Preference-Applied': `wait=${preferred}` }),
    },
    body: shown,
  };
}

function bodyOf({ sender: from, receiver: to, toldAt: _, answer, ...message }: MessageRow) {
  const { id, settledAt } = message;
  return {
    ...message,
    from,
    to,
    ...(answer === undefined ? {} : { answer: { data: answer, at: settledAt } }),
    links: { self: `/agents/${encodeURIComponent(to)}/messages/${encodeURIComponent(id)}` },
  };
}

function isParty({ id }: Caller, { sender, receiver }: MessageRow): boolean {
  return id === sender || id === receiver;
}

/** Throws `authorization`. */
function speaksFor(caller: Caller, name: string): void {
  if (caller.id === name || may(caller, 'agent:manage')) return;
  throw new OmniError(
    'authorization',
    `${caller.id} may not speak for ${name}. That needs the permission agent:manage, or a key whose owner is ${name}.`,
  );
}
