/** Messages to agents: on record first, then their receiver's inbox is told; the ledger says what became of them. */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { LoopMessage } from '../plan/agent-loop';
import type { Envelope } from '../plan/agent-message';
import type { Json } from '../plan/json';
import { canonical, jsonBytes } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { MessageFilter, MessageRow, NewMessageRow } from '../store/agent-message-table';
import { inboxSince, tellInbox, tellTask } from '../temporal/agent-inbox';
import type { MailboxParts } from './mailbox';
import { cannot, capabilityOf } from './mailbox';
import type { NewMessage } from './message';
import { MAX_BROADCAST, MAX_MESSAGE_BYTES, MAX_WAITING } from './message';

export interface MessageParts extends MailboxParts {
  readonly client: Client;
  readonly uuid: () => string;
  readonly logger: Logger;
}

export interface AgentMessages {
  /**
   * Resolves when it is on record: from then on it is delivered once, also when everything is restarted. Throws `not-found` for a receiver
   * that there is not, `validation` for what he cannot do, `too-large`, `rate-limited` when as many wait for him as may, `conflict` for a
   * task that does not run, and (422) for an idempotency key that was used with another message.
   */
  send(message: NewMessage): Promise<{ readonly messageId: string }>;
  /** Waits until the message is settled, or the signal comes: then as it stands. Throws `not-found`. */
  wait(messageId: string, signal: AbortSignal): Promise<MessageRow>;
  /**
   * Answers a message that was delivered, by its id or by the correlation of the one that is open; the first answer counts. Throws
   * `not-found`, and `conflict` when it is settled or more than one is meant.
   */
  reply(about: string, payload: Json): Promise<MessageRow>;
  /** From now on an answer is late. */
  giveUp(messageId: string): Promise<void>;
  /** Throws `not-found`. */
  get(messageId: string): Promise<MessageRow>;
  /** Newest first, without payloads. */
  list(filter: MessageFilter): Promise<readonly MessageRow[]>;
  /** Tells inboxes again of what they may not know of, and deletes rows whose time is over. */
  tend(keepMs: number): Promise<void>;
}

/** A message that nobody has taken for so long is looked after. */
const STALE_MS = 60_000;
const STALE_LIMIT = 500;

/** How far the clocks of the database and of Temporal may be apart. */
const CLOCKS_APART_MS = 10_000;

/** Where notifications do not come through, the ledger is read so often. */
const LOOK_MS = 2_000;

export function createMessages(parts: MessageParts): AgentMessages {
  const { table, home, registry, client, taskQueue, aliasOf, now, uuid, logger } = parts;

  const get: AgentMessages['get'] = async (messageId) => {
    const message = await table.get(home, messageId);
    if (message === undefined) throw new OmniError('not-found', `There is no message ${messageId}.`);
    return message;
  };
  const tell = async ({ id, receiver, priority, expiresAt }: MessageRow | NewMessageRow): Promise<void> => {
    const envelope: Envelope = {
      id,
      priority,
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.getTime() }),
    };
    await tellInbox(client, { agent: receiver, taskQueue }, envelope);
    await table.told(home, id);
  };
  /** It is on record: what keeps Temporal from hearing of it now is over when the ledger is tended next. */
  const tellSoon = (message: MessageRow | NewMessageRow): Promise<void> =>
    tell(message).catch((error: unknown) =>
      logger.warn({ err: error, messageId: message.id }, 'inbox not told of a message; it is told again'),
    );

  const toAgent = async (row: NewMessageRow): Promise<void> => {
    const agent = await registry.get(row.receiver);
    if (capabilityOf(agent, row.type, aliasOf) === undefined)
      throw new OmniError('validation', cannot(agent, row.type));
    const outcome = await table.accept(home, row, MAX_WAITING);
    if (outcome === 'full')
      throw new OmniError(
        'rate-limited',
        `${MAX_WAITING} messages wait for ${row.receiver} already. Send it again when some are done.`,
        { retryAfterMs: 5_000 },
      );
    if (outcome === 'fresh') return tellSoon(row);
    const known = await same(row);
    if (known.toldAt === undefined) await tellSoon(known);
  };
  const toType = async (row: NewMessageRow): Promise<void> => {
    const type = row.receiver.slice('type:'.length);
    const members = await registry.list(type);
    if (members.length === 0) throw new OmniError('not-found', `There is no agent of the type ${type}.`);
    if (members.length > MAX_BROADCAST)
      throw new OmniError(
        'validation',
        `There are ${members.length} agents of the type ${type}, and one message goes to ${MAX_BROADCAST} at most. Write to them one by one.`,
      );
    const unable = members.find((agent) => capabilityOf(agent, row.type, aliasOf) === undefined);
    if (unable !== undefined) throw new OmniError('validation', cannot(unable, row.type));
    const each = members.map(({ id }) => ({ ...row, id: `${row.id}.${id}`, receiver: id }));
    if (!(await table.acceptMany(home, row, each, MAX_WAITING))) await same(row);
    // Whoever was told before, or could not take one more, is not told; who was never told is, by whoever asks again.
    for (const one of each) {
      const message = await table.get(home, one.id);
      if (message?.state === 'accepted' && message.toldAt === undefined) await tellSoon(message);
    }
  };
  const toTask = async (row: NewMessageRow): Promise<void> => {
    const taskId = row.receiver.slice('task:'.length);
    if ((await table.accept(home, row, MAX_WAITING)) === 'known' && (await same(row)).state !== 'accepted') return;
    const message: LoopMessage = { id: row.id, from: row.sender, type: row.type, payload: row.payload };
    if (!(await tellTask(client, taskId, message))) {
      const reason = `The task ${taskId} does not run.`;
      await table.settle(home, row.id, { state: 'rejected', reason });
      throw new OmniError('conflict', `${reason} Only a task that runs can be written to.`);
    }
    await table.deliver(home, row.id, taskId);
  };
  /** The message that is on record; throws when it is another one. */
  const same = async (row: NewMessageRow): Promise<MessageRow> => {
    const known = await get(row.id);
    const facts = ({ receiver, type, priority, correlationId, payload }: MessageRow | NewMessageRow): string =>
      canonical([receiver, type, priority, correlationId ?? null, payload ?? null]);
    if (facts(known) === facts(row)) return known;
    throw new OmniError('conflict', 'This idempotency key was used with another message. Take a new one.', {
      status: 422,
    });
  };

  const settled = async (messageId: string, signal: AbortSignal): Promise<MessageRow> => {
    let wake = (): void => undefined;
    const hear = (): void => wake();
    const listening = table.listen(home, messageId, hear);
    const timer = setInterval(hear, LOOK_MS);
    signal.addEventListener('abort', hear);
    try {
      for (;;) {
        // Before the ledger is read: what comes meanwhile is not missed.
        const news = new Promise<void>((resolve) => (wake = resolve));
        const message = await get(messageId);
        if (message.settledAt !== undefined || signal.aborted) return message;
        await news;
      }
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', hear);
      listening.stop();
    }
  };

  return {
    get,
    wait: settled,
    list: (filter) => table.list(home, filter),
    giveUp: (messageId) => table.giveUp(home, messageId),
    async send({ from, to, type, payload, idempotencyKey, ...options }) {
      const { priority = 'normal', correlationId, replyWithinMs, expiresAt } = options;
      const bytes = jsonBytes(payload);
      if (bytes > MAX_MESSAGE_BYTES)
        throw new OmniError(
          'too-large',
          `The payload has ${bytes} bytes, and a message takes ${MAX_MESSAGE_BYTES}. Store it elsewhere and send where it lies.`,
        );
      const ends = expiresAt ?? (replyWithinMs === undefined ? undefined : new Date(now() + replyWithinMs));
      const row: NewMessageRow = {
        id: `msg-${idempotencyKey === undefined ? uuid() : digest([home, from, idempotencyKey])}`,
        sender: from,
        receiver: to,
        type,
        priority,
        payload,
        ...(correlationId === undefined ? {} : { correlationId }),
        ...(replyWithinMs === undefined ? {} : { answerWithinMs: replyWithinMs }),
        ...(ends === undefined ? {} : { expiresAt: ends }),
      };
      if (to.startsWith('task:')) await toTask(row);
      else if (to.startsWith('type:')) await toType(row);
      else await toAgent(row);
      return { messageId: row.id };
    },
    async reply(about, payload) {
      const found = await table.get(home, about);
      const open = found
        ? [found]
        : (await table.list(home, { correlationId: about, limit: 100 })).filter(
            ({ settledAt, state }) => settledAt === undefined && state === 'delivered',
          );
      const [message] = open;
      if (message === undefined)
        throw new OmniError(
          'not-found',
          `There is no message ${about}, and none with that correlation waits for an answer.`,
        );
      if (open.length > 1)
        throw new OmniError(
          'conflict',
          `Several messages with the correlation ${about} wait for an answer. Say which by its id.`,
        );
      if (message.state !== 'delivered') throw closed(message);
      const answered = await table.settle(home, message.id, { state: 'answered', answer: payload });
      if (answered === undefined) throw closed(await get(message.id));
      return answered;
    },
    async tend(keepMs) {
      await table.sweep(home, keepMs);
      const stale = await table.openSince(home, STALE_MS, STALE_LIMIT);
      const inboxes = new Map<string, Promise<Date | undefined>>();
      for (const message of stale) {
        const { receiver, toldAt } = message;
        const since = inboxes.get(receiver) ?? inboxSince(client, { agent: receiver, taskQueue });
        inboxes.set(receiver, since);
        const knows = (await since)?.getTime() ?? Infinity;
        // A run that began after it was told may not know of it, unless the one before handed it over; twice is as once.
        if (toldAt === undefined || toldAt.getTime() < knows + CLOCKS_APART_MS) await tellSoon(message);
      }
    },
  };
}

function closed({ id, state }: MessageRow): OmniError {
  return new OmniError('conflict', `The message ${id} is ${state}; only one that is delivered can be answered.`, {
    data: { state },
  });
}

function digest(of: readonly string[]): string {
  return createHash('sha256').update(canonical(of)).digest('hex').slice(0, 32);
}
