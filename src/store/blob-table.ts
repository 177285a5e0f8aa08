/** Large values by content: the table `blobs`. Named by what they hold before it is encrypted. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { createKeyRing } from '../encryption/key-ring';
import type { KeyRing } from '../encryption/key-ring';
import type { BlobReference } from '../plan/blob';
import { MAX_VALUE_BYTES } from '../plan/blob';
import { OmniError } from '../plan/problem';

export interface Blob {
  readonly content: Uint8Array;
  readonly mediaType: string;
}

export interface BlobStore {
  /** Stores content for an execution, once however often it is put; throws `too-large` above 25 MB. */
  put(executionId: string, content: Uint8Array, mediaType: string): Promise<BlobReference>;
  /**
   * By SHA-256 in hex; with an execution only what was put for it, or for one that it started or was started by: these hand values
   * to each other, and their ids differ behind a dot, those of tasks for agents also by `agt-` before them.
   */
  get(hash: string, executionId?: string): Promise<Blob | undefined>;
  /** Gives one execution all that another one and its children have: stored lists hold references too. */
  copy(fromExecutionId: string, toExecutionId: string): Promise<void>;
}

const NO_KEYS = createKeyRing({ keys: [] });

export function blobTable(pool: Pool, keys?: KeyRing): BlobStore {
  return {
    async put(executionId, content, mediaType) {
      if (content.byteLength > MAX_VALUE_BYTES)
        throw new OmniError(
          'too-large',
          `A value of ${content.byteLength} bytes is above the limit of ${MAX_VALUE_BYTES} bytes. Send less, or split it.`,
        );
      const hash = createHash('sha256').update(content).digest('hex');
      const sealed = keys?.primary === undefined ? undefined : keys.seal('blob', content, hash);
      await pool.query(
        `INSERT INTO blobs (execution_id, hash, media_type, bytes, content, key_id) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING`,
        [executionId, hash, mediaType, content.byteLength, sealed?.bytes ?? content, sealed?.keyId ?? null],
      );
      return { $blob: hash, bytes: content.byteLength, mediaType };
    },
    async get(hash, executionId) {
      const { rows } = await pool.query<{ content: Buffer; media_type: string; key_id: string | null }>(
        `SELECT content, media_type, key_id FROM blobs
         WHERE hash = $1 AND ($2::text IS NULL OR ${familyOf('execution_id')} = ${familyOf('$2')}) LIMIT 1`,
        [hash, executionId ?? null],
      );
      const row = rows[0];
      if (row === undefined) return undefined;
      const { content, key_id: keyId, media_type: mediaType } = row;
      return {
        content: keyId === null ? content : (keys ?? NO_KEYS).open('blob', { keyId, bytes: content }, hash),
        mediaType,
      };
    },
    async copy(from, to) {
      await pool.query(
        `INSERT INTO blobs (execution_id, hash, media_type, bytes, content, key_id)
         SELECT $2, hash, media_type, bytes, content, key_id FROM blobs
         WHERE ${familyOf('execution_id')} = ${familyOf('$1')}
         ON CONFLICT DO NOTHING`,
        [from, to],
      );
    },
  };
}

/** What the ids of an execution and of all that it started, tasks of agents included, have in common. */
function familyOf(id: string): string {
  return `split_part(regexp_replace(${id}::text, '^(agt-)+', ''), '.', 1)`;
}
