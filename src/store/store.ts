/** The open database: one member per table, and the channel of partial text. */
import { Pool } from 'pg';
import type { AgentFigureTable } from './agent-figure-table';
import { agentFigureTable } from './agent-figure-table';
import type { AgentMessageTable } from './agent-message-table';
import { agentMessageTable } from './agent-message-table';
import type { AgentTable } from './agent-table';
import { agentTable } from './agent-table';
import type { AgentTaskTable } from './agent-task-table';
import { agentTaskTable } from './agent-task-table';
import type { AlertTable } from './alert-table';
import { alertTable } from './alert-table';
import type { AuditTable } from './audit-table';
import { auditTable } from './audit-table';
import type { ApiKeyTable } from './api-key-table';
import { apiKeyTable } from './api-key-table';
import type { BlobStore } from './blob-table';
import { blobTable } from './blob-table';
import type { DefinitionTable } from './definition-table';
import { definitionTable } from './definition-table';
import type { KeyRing } from '../encryption/key-ring';
import type { EncryptionKeyTable } from './encryption-key-table';
import { encryptionKeyTable } from './encryption-key-table';
import type { IdempotencyTable } from './idempotency-table';
import { idempotencyTable } from './idempotency-table';
import { Listener } from './listener';
import type { KeptExecutionTable } from './kept-execution-table';
import { keptExecutionTable } from './kept-execution-table';
import type { KeyTable } from './key-table';
import { keyTable } from './key-table';
import type { PartialChannel } from './partial-channel';
import { partialChannel } from './partial-channel';
import type { RegisteredToolTable } from './registered-tool-table';
import { registeredToolTable } from './registered-tool-table';
import { traced } from './query-span';
import type { RateTable } from './rate-table';
import { rateTable } from './rate-table';
import type { RequestRateTable } from './request-rate-table';
import { requestRateTable } from './request-rate-table';
import type { SampleTable } from './sample-table';
import { sampleTable } from './sample-table';
import type { SessionTable } from './session-table';
import { sessionTable } from './session-table';
import type { SettingTable } from './setting-table';
import { settingTable } from './setting-table';
import type { SpanTable } from './span-table';
import { spanTable } from './span-table';

export interface Store {
  readonly agents: AgentTable;
  readonly agentFigures: AgentFigureTable;
  readonly agentTasks: AgentTaskTable;
  readonly agentMessages: AgentMessageTable;
  readonly alerts: AlertTable;
  readonly audit: AuditTable;
  readonly apiKeys: ApiKeyTable;
  readonly blobs: BlobStore;
  readonly definitions: DefinitionTable;
  readonly encryptionKeys: EncryptionKeyTable;
  readonly idempotency: IdempotencyTable;
  readonly kept: KeptExecutionTable;
  readonly keys: KeyTable;
  readonly rates: RateTable;
  readonly requestRates: RequestRateTable;
  readonly registeredTools: RegisteredToolTable;
  readonly samples: SampleTable;
  readonly sessions: SessionTable;
  readonly settings: SettingTable;
  readonly spans: SpanTable;
  readonly partials: PartialChannel;
  /** Of this process; `waiting`: who waits for one. */
  connections(): { readonly used: number; readonly idle: number; readonly waiting: number };
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connects when first used; the schema must be there already (`migrate`). With `keys` large values are encrypted. */
export function openStore(url: string, keys?: KeyRing): Store {
  const pool = traced(new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 }));
  // An idle connection that breaks (the server restarted) is dropped from the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const listener = new Listener(url);
  const ownKeys = keyTable(pool);
  return {
    agents: agentTable(pool),
    agentFigures: agentFigureTable(pool),
    agentTasks: agentTaskTable(pool, keys),
    agentMessages: agentMessageTable(pool, listener, keys),
    alerts: alertTable(pool),
    audit: auditTable(pool),
    blobs: blobTable(pool, keys),
    apiKeys: apiKeyTable(pool),
    definitions: definitionTable(pool),
    encryptionKeys: encryptionKeyTable(pool),
    idempotency: idempotencyTable(pool, ownKeys.ids),
    kept: keptExecutionTable(pool),
    keys: ownKeys,
    rates: rateTable(pool),
    requestRates: requestRateTable(pool),
    registeredTools: registeredToolTable(pool),
    samples: sampleTable(pool),
    sessions: sessionTable(pool),
    settings: settingTable(listener, pool),
    spans: spanTable(pool),
    partials: partialChannel(listener, pool),
    connections: () => ({
      used: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      await listener.close();
      await pool.end();
    },
  };
}
