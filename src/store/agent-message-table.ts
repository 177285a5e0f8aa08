/** The ledger of messages between agents: the table `agent_messages`. Payloads and answers are sealed as stored values are. Times are the database's. */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { createKeyRing } from '../encryption/key-ring';
import type { KeyRing } from '../encryption/key-ring';
import type { Priority } from '../plan/agent';
import type { MessageState } from '../plan/agent-message';
import type { Json } from '../plan/json';
import type { Listener } from './listener';
import { inTransaction } from './transaction';

/** A message as it is sent. */
export interface NewMessageRow {
  readonly id: string;
  readonly sender: string;
  readonly receiver: string;
  readonly type: string;
  readonly priority: Priority;
  readonly correlationId?: string;
  readonly payload: Json;
  /** An answer that comes later is not for anybody any more: milliseconds from now. */
  readonly answerWithinMs?: number;
  readonly expiresAt?: Date;
}

/** A message as it stands. `payload` and `answer` only where they were asked for. */
export interface MessageRow extends Omit<NewMessageRow, 'payload' | 'answerWithinMs'> {
  readonly state: MessageState;
  readonly reason?: string;
  readonly payload?: Json;
  readonly answer?: Json;
  readonly taskId?: string;
  readonly answerBy?: Date;
  readonly sentAt: Date;
  readonly toldAt?: Date;
  readonly deliveredAt?: Date;
  readonly settledAt?: Date;
}

export interface MessageFilter {
  readonly receiver?: string;
  readonly sender?: string;
  readonly type?: string;
  readonly state?: MessageState;
  readonly correlationId?: string;
  /** Sent or received by this one. */
  readonly party?: string;
  /** Only what was sent before the message of this id. */
  readonly before?: string;
  readonly limit: number;
}

/** `full`: so many wait for the receiver that no more are taken. */
export type Acceptance = 'fresh' | 'known' | 'full';

export interface MessageEnd {
  readonly state: MessageState;
  readonly reason?: string;
  readonly answer?: Json;
  /** Of a failure: may quote the payload, so it is sealed as that is, and told behind the reason where payloads are. */
  readonly detail?: string;
}

/** `home`: see `homeOf`. */
export interface AgentMessageTable {
  /** Writes one down, unless it is there already or `maxWaiting` wait for its receiver; also of many at once exactly so many are taken. */
  accept(home: string, message: NewMessageRow, maxWaiting: number): Promise<Acceptance>;
  /**
   * Writes down one to many and, at the same moment, what each of them gets: what would be one too many for somebody is on record as
   * rejected. False: it is there already, and nothing was written.
   */
  acceptMany(home: string, whole: NewMessageRow, each: readonly NewMessageRow[], maxWaiting: number): Promise<boolean>;
  get(home: string, id: string): Promise<MessageRow | undefined>;
  /** Newest first, without payloads. */
  list(home: string, filter: MessageFilter): Promise<readonly MessageRow[]>;
  /** The inbox knows of it. */
  told(home: string, id: string): Promise<void>;
  /** From now on it is delivered, as the task, which it stays. Undefined: it is over. */
  deliver(home: string, id: string, taskId?: string): Promise<MessageRow | undefined>;
  /** An answer after its time makes it `late` and is dropped. Undefined: it was over before. */
  settle(home: string, id: string, end: MessageEnd): Promise<MessageRow | undefined>;
  /** Nobody waits for the answer any more. */
  giveUp(home: string, id: string): Promise<void>;
  /** Receivers with mail that has been open for longer than this, with as many of the messages as `limit` says. */
  openSince(home: string, olderThanMs: number, limit: number): Promise<readonly MessageRow[]>;
  /** Deletes what was sent longer ago than this and is over; gives how many. */
  sweep(home: string, olderThanMs: number): Promise<number>;
  /** Calls when a message is settled, from about now on. */
  listen(home: string, id: string, take: () => void): { readonly stop: () => void };
}

interface Row {
  readonly id: string;
  readonly sender: string;
  readonly receiver: string;
  readonly type: string;
  readonly priority: Priority;
  readonly correlation_id: string | null;
  readonly state: MessageState;
  readonly reason: string | null;
  readonly payload?: Buffer | null;
  readonly payload_key_id?: string | null;
  readonly answer?: Buffer | null;
  readonly answer_key_id?: string | null;
  readonly task_id: string | null;
  readonly answer_by: Date | null;
  readonly expires_at: Date | null;
  readonly sent_at: Date;
  readonly told_at: Date | null;
  readonly delivered_at: Date | null;
  readonly settled_at: Date | null;
}

const ENVELOPE = `id, sender, receiver, type, priority, correlation_id, state, reason, task_id, answer_by, expires_at, sent_at, told_at,
  delivered_at, settled_at`;
const WHOLE = `${ENVELOPE}, payload, payload_key_id, answer, answer_key_id`;

const INSERT = `
  INSERT INTO agent_messages (home, id, sender, receiver, type, priority, correlation_id, state, reason, payload, payload_key_id,
    answer_by, expires_at, delivered_at, settled_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp() + $12 * interval '1 ms', $13,
    CASE WHEN $8 = 'delivered' THEN clock_timestamp() END, CASE WHEN $8 IN ('delivered', 'rejected') THEN clock_timestamp() END)
  ON CONFLICT (home, id) DO NOTHING`;

const SETTLE = `
  WITH done AS (
    UPDATE agent_messages SET
      state = CASE WHEN $3 = 'answered' AND answer_by <= clock_timestamp() THEN 'late' ELSE $3 END,
      reason = CASE WHEN $3 = 'answered' AND answer_by <= clock_timestamp()
        THEN 'The answer came when nobody waited for it any more, and was dropped.' ELSE $4 END,
      answer = CASE WHEN answer_by <= clock_timestamp() THEN NULL ELSE $5::bytea END,
      answer_key_id = CASE WHEN answer_by <= clock_timestamp() THEN NULL ELSE $6::text END,
      settled_at = clock_timestamp()
    WHERE home = $1 AND id = $2 AND settled_at IS NULL RETURNING ${WHOLE})
  SELECT done.*, pg_notify($7, '') FROM done`;

const FULL = 'As many messages wait for the receiver as may.';

/** What is kept of a failure stands where an answer would. */
const outcomeOf = ({ state, reason }: Row, kept: Json): Pick<MessageRow, 'reason' | 'answer'> =>
  state === 'failed' && typeof kept === 'string' ? { reason: `${reason}: ${kept}` } : { answer: kept };

const NO_KEYS = createKeyRing({ keys: [] });

export function agentMessageTable(pool: Pool, listener: Listener, keys?: KeyRing): AgentMessageTable {
  const sealed = (about: string, value: Json | undefined): readonly [Uint8Array | null, string | null] => {
    if (value === undefined) return [null, null];
    const bytes = Buffer.from(JSON.stringify(value));
    if (keys?.primary === undefined) return [bytes, null];
    const { bytes: hidden, keyId } = keys.seal('blob', bytes, about);
    return [hidden, keyId];
  };
  const opened = (about: string, bytes: Buffer | null | undefined, keyId: string | null | undefined): Json => {
    if (bytes == null) return null;
    const plain = keyId == null ? bytes : (keys ?? NO_KEYS).open('blob', { keyId, bytes }, about);
    return JSON.parse(Buffer.from(plain).toString('utf8')) as Json;
  };
  const messageOf = (home: string, row: Row): MessageRow => ({
    id: row.id,
    sender: row.sender,
    receiver: row.receiver,
    type: row.type,
    priority: row.priority,
    state: row.state,
    sentAt: row.sent_at,
    ...present({
      correlationId: row.correlation_id,
      reason: row.reason,
      taskId: row.task_id,
      answerBy: row.answer_by,
      expiresAt: row.expires_at,
      toldAt: row.told_at,
      deliveredAt: row.delivered_at,
      settledAt: row.settled_at,
    }),
    ...(row.payload == null
      ? {}
      : { payload: opened(place(home, row.id, 'payload'), row.payload, row.payload_key_id) }),
    ...(row.answer == null ? {} : outcomeOf(row, opened(place(home, row.id, 'answer'), row.answer, row.answer_key_id))),
  });
  const one = async (home: string, sql: string, values: readonly unknown[]): Promise<MessageRow | undefined> => {
    const { rows } = await pool.query<Row>(sql, [home, ...values]);
    return rows[0] && messageOf(home, rows[0]);
  };
  const insert = async (client: PoolClient, home: string, message: NewMessageRow, as: MessageEnd): Promise<boolean> => {
    const { id, sender, receiver, type, priority, correlationId, payload, answerWithinMs, expiresAt } = message;
    const { rowCount } = await client.query(INSERT, [
      ...[home, id, sender, receiver, type, priority, correlationId ?? null, as.state, as.reason ?? null],
      ...sealed(place(home, id, 'payload'), payload),
      ...[answerWithinMs ?? null, expiresAt ?? null],
    ]);
    return rowCount === 1;
  };
  return {
    accept: (home, message, maxWaiting) =>
      inTransaction(pool, async (client) => {
        await lock(client, home, [message.receiver]);
        const known = await client.query('SELECT 1 FROM agent_messages WHERE home = $1 AND id = $2', [
          home,
          message.id,
        ]);
        if (known.rowCount !== 0) return 'known';
        if ((await waiting(client, home, message.receiver)) >= maxWaiting) return 'full';
        return (await insert(client, home, message, { state: 'accepted' })) ? 'fresh' : 'known';
      }),
    acceptMany: (home, whole, each, maxWaiting) =>
      inTransaction(pool, async (client) => {
        await lock(
          client,
          home,
          each.map(({ receiver }) => receiver),
        );
        if (!(await insert(client, home, whole, { state: 'delivered', reason: `To ${each.length} agents.` })))
          return false;
        for (const message of each) {
          const full = (await waiting(client, home, message.receiver)) >= maxWaiting;
          await insert(client, home, message, full ? { state: 'rejected', reason: FULL } : { state: 'accepted' });
        }
        return true;
      }),
    get: (home, id) => one(home, `SELECT ${WHOLE} FROM agent_messages WHERE home = $1 AND id = $2`, [id]),
    async list(home, filter) {
      const { receiver, sender, type, state, correlationId, party, before, limit } = filter;
      const { rows } = await pool.query<Row>(
        `SELECT ${ENVELOPE} FROM agent_messages
         WHERE home = $1 AND ($2::text IS NULL OR receiver = $2) AND ($3::text IS NULL OR sender = $3)
           AND ($4::text IS NULL OR type = $4) AND ($5::text IS NULL OR state = $5)
           AND ($6::text IS NULL OR correlation_id = $6) AND ($7::text IS NULL OR $7 IN (sender, receiver))
           AND ($8::text IS NULL OR (sent_at, id) < (SELECT sent_at, id FROM agent_messages WHERE home = $1 AND id = $8))
         ORDER BY sent_at DESC, id DESC LIMIT $9`,
        [home, ...[receiver, sender, type, state, correlationId, party, before].map((one) => one ?? null), limit],
      );
      return rows.map((row) => messageOf(home, row));
    },
    async told(home, id) {
      await pool.query('UPDATE agent_messages SET told_at = clock_timestamp() WHERE home = $1 AND id = $2', [home, id]);
    },
    deliver: (home, id, taskId) =>
      one(
        home,
        `UPDATE agent_messages SET state = 'delivered', task_id = coalesce(task_id, $3),
           delivered_at = coalesce(delivered_at, clock_timestamp())
         WHERE home = $1 AND id = $2 AND settled_at IS NULL RETURNING ${WHOLE}`,
        [id, taskId ?? null],
      ),
    settle(home, id, { state, reason, answer, detail }) {
      const kept = sealed(place(home, id, 'answer'), detail ?? answer);
      return one(home, SETTLE, [id, state, reason ?? null, ...kept, channelOf(home, id)]);
    },
    async giveUp(home, id) {
      await pool.query(
        `UPDATE agent_messages SET answer_by = least(answer_by, clock_timestamp())
         WHERE home = $1 AND id = $2 AND settled_at IS NULL`,
        [home, id],
      );
    },
    async openSince(home, olderThanMs, limit) {
      const { rows } = await pool.query<Row>(
        `SELECT ${ENVELOPE} FROM agent_messages
         WHERE home = $1 AND settled_at IS NULL AND sent_at < clock_timestamp() - $2 * interval '1 ms'
           AND receiver NOT LIKE 'task:%'
         ORDER BY sent_at LIMIT $3`,
        [home, olderThanMs, limit],
      );
      return rows.map((row) => messageOf(home, row));
    },
    async sweep(home, olderThanMs) {
      const { rowCount } = await pool.query(
        `DELETE FROM agent_messages WHERE home = $1 AND sent_at < clock_timestamp() - $2 * interval '1 ms'
           AND (settled_at IS NOT NULL OR receiver LIKE 'task:%')`,
        [home, olderThanMs],
      );
      return rowCount ?? 0;
    },
    listen: (home, id, take) => listener.add(channelOf(home, id), take),
  };
}

/** In one order for all who lock several. */
async function lock(client: PoolClient, home: string, receivers: readonly string[]): Promise<void> {
  for (const receiver of [...new Set(receivers)].sort())
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`mail ${home} ${receiver}`]);
}

async function waiting(client: PoolClient, home: string, receiver: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM agent_messages
     WHERE home = $1 AND receiver = $2 AND settled_at IS NULL AND state = 'accepted'`,
    [home, receiver],
  );
  return rows[0]?.count ?? 0;
}

/** What a sealed value is bound to. */
function place(home: string, id: string, what: 'payload' | 'answer'): string {
  return `${home}\n${id}\n${what}`;
}

function channelOf(home: string, id: string): string {
  return `omni_mail_${createHash('sha256').update(`${home}\n${id}`).digest('hex').slice(0, 40)}`;
}

type Present<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };

function present<T extends object>(columns: T): Present<T> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)) as Present<T>;
}
