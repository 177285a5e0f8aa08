/** Partial text on its way from workers to whoever looks on: PostgreSQL's notifications, stored nowhere. Best effort in every part. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Listener } from './listener';

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
}

/** PostgreSQL takes notifications of less than 8000 bytes (https://www.postgresql.org/docs/current/sql-notify.html). */
export const MAX_NOTIFICATION_BYTES = 7999;

export function partialChannel(listener: Listener, pool: Pool): PartialChannel {
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
    listen: (executionId, take) =>
      listener.add(channelOf(executionId), (text) => {
        const read = piece.safeParse(parsed(text));
        if (read.success) take(read.data);
      }),
  };
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
