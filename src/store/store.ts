/** The open database: one member per table, and the channel of partial text. */
import { Pool } from 'pg';
import type { BlobStore } from './blob-table';
import { blobTable } from './blob-table';
import type { DefinitionTable } from './definition-table';
import { definitionTable } from './definition-table';
import type { IdempotencyTable } from './idempotency-table';
import { idempotencyTable } from './idempotency-table';
import type { PartialChannel } from './partial-channel';
import { partialChannel } from './partial-channel';
import type { RegisteredToolTable } from './registered-tool-table';
import { registeredToolTable } from './registered-tool-table';
import type { RateTable } from './rate-table';
import { rateTable } from './rate-table';

export interface Store {
  readonly blobs: BlobStore;
  readonly definitions: DefinitionTable;
  readonly idempotency: IdempotencyTable;
  readonly rates: RateTable;
  readonly registeredTools: RegisteredToolTable;
  readonly partials: PartialChannel;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connects when first used; the schema must be there already (`migrate`). */
export function openStore(url: string): Store {
  const pool = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 });
  // An idle connection that breaks (the server restarted) is dropped from the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const partials = partialChannel(url, pool);
  return {
    blobs: blobTable(pool),
    definitions: definitionTable(pool),
    idempotency: idempotencyTable(pool),
    rates: rateTable(pool),
    registeredTools: registeredToolTable(pool),
    partials,
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      await partials.close();
      await pool.end();
    },
  };
}
