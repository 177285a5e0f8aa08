/** Partial text on its way from workers to whoever looks on: PostgreSQL's notifications, stored nowhere. Best effort in every part. */
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import type { Pool } from 'pg';
import { z } from 'zod';

const piece = z.object({
  /** Of the step. */
  path: z.string(),
  /** Number of the call within the step, from 1. */
  call: z.int(),
  /** Counts from 1 for each provider. */
  attempt: z.int(),
  provider: z.string(),
  /** Counts from 0 within the attempt; a gap is a piece that was lost. */
  seq: z.int(),
  /** What came before in this step is void. */
  reset: z.literal(true).optional(),
  text: z.string(),
});

export type PartialPiece = z.infer<typeof piece>;

export interface PartialChannel {
  /** Tells all processes that listen; rejects when the database does not answer. Pieces that are too long are left out. */
  readonly publish: (
    pieces: readonly { readonly executionId: string; readonly piece: PartialPiece }[],
  ) => Promise<void>;
  /** Hands over what is published from about now on, until `stop` is called. */
  listen(executionId: string, take: (piece: PartialPiece) => void): { readonly stop: () => void };
  close(): Promise<void>;
}

/** PostgreSQL takes notifications of less than 8000 bytes (https://www.postgresql.org/docs/current/sql-notify.html). */
export const MAX_NOTIFICATION_BYTES = 7999;

const RECONNECT_MS = 1000;

/** `url`: for a connection of its own while somebody listens; a pooler that shares connections by the transaction cannot carry it. */
export function partialChannel(url: string, pool: Pool): PartialChannel {
  const listener = new Listener(url);
  return {
    async publish(pieces) {
      const short = pieces
        .map(({ executionId, piece: one }) => [channelOf(executionId), JSON.stringify(one)] as const)
        .filter(([, text]) => Buffer.byteLength(text) <= MAX_NOTIFICATION_BYTES);
      await pool.query('SELECT pg_notify(channel, text) FROM unnest($1::text[], $2::text[]) AS p (channel, text)', [
        short.map(([channel]) => channel),
        short.map(([, text]) => text),
      ]);
    },
    listen: (executionId, take) => listener.add(channelOf(executionId), take),
    close: () => listener.close(),
  };
}

type Take = (piece: PartialPiece) => void;

/** One connection for all who listen in this process, open while there are any. */
class Listener {
  readonly #takers = new Map<string, Set<Take>>();
  #client: Client | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly url: string) {}

  add(channel: string, take: Take): { readonly stop: () => void } {
    const others = this.#takers.get(channel);
    const takers = others ?? new Set();
    takers.add(take);
    if (others === undefined) {
      this.#takers.set(channel, takers);
      if (this.#client === undefined) this.#connect();
      else this.#say(this.#client, `LISTEN ${channel}`);
    }
    return { stop: () => this.#remove(channel, take) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#takers.clear();
    await this.#leave();
  }

  #remove(channel: string, take: Take): void {
    const takers = this.#takers.get(channel);
    if (takers?.delete(take) !== true || takers.size > 0) return;
    this.#takers.delete(channel);
    if (this.#takers.size === 0) void this.#leave();
    else if (this.#client !== undefined) this.#say(this.#client, `UNLISTEN ${channel}`);
  }

  #connect(): void {
    clearTimeout(this.#again);
    if (this.#closed || this.#takers.size === 0 || this.#client !== undefined) return;
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 10_000, keepAlive: true });
    this.#client = client;
    client.on('notification', ({ channel, payload = '' }) => this.#hand(channel, payload));
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.connect().then(
      () => {
        for (const channel of this.#takers.keys()) this.#say(client, `LISTEN ${channel}`);
      },
      () => this.#lost(client),
    );
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => undefined);
    this.#again = setTimeout(() => this.#connect(), RECONNECT_MS);
  }

  async #leave(): Promise<void> {
    clearTimeout(this.#again);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  /** The name of a channel is made here, of letters and digits. */
  #say(client: Client, statement: string): void {
    client.query(statement).catch(() => this.#lost(client));
  }

  #hand(channel: string, payload: string): void {
    const read = piece.safeParse(parsed(payload));
    if (read.success) for (const take of this.#takers.get(channel) ?? []) take(read.data);
  }
}

function channelOf(executionId: string): string {
  return `omni_partial_${createHash('sha256').update(executionId).digest('hex').slice(0, 40)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
