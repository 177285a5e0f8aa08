/** What the ledger of messages keeps of a failure, on a real PostgreSQL. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { createKeyRing } from '../../src/encryption/key-ring';
import { agentMessageTable } from '../../src/store/agent-message-table';
import type { Listener } from '../../src/store/listener';
import type { Store } from '../../src/store/store';
import { testDatabaseUrl, testStore } from '../servers';

let store: Store;
let pool: Pool;
beforeAll(async () => {
  store = await testStore();
  pool = new Pool({ connectionString: await testDatabaseUrl(), max: 1 });
});
afterAll(async () => {
  await pool.end();
  await store.close();
});

test('what failed in a message is told with its type, and lies sealed as payloads do', async () => {
  const table = agentMessageTable(pool, {} as Listener, createKeyRing({ keys: [randomBytes(32)] }));
  const [home, id] = [randomUUID(), randomUUID()];
  const message = { id, sender: 'a', receiver: 'b', type: 'act', priority: 'normal', payload: 'quokka' } as const;
  await table.accept(home, message, 1);
  const end = { state: 'failed', reason: 'not-found', detail: 'There is no quokka.' } as const;
  expect(await table.settle(home, id, end)).toMatchObject({ reason: 'not-found: There is no quokka.' });
  expect(await table.get(home, id)).toMatchObject({ reason: 'not-found: There is no quokka.', payload: 'quokka' });
  expect((await table.get(home, id))?.answer).toBeUndefined();
  expect(await table.list(home, { limit: 1 })).toMatchObject([{ state: 'failed', reason: 'not-found' }]);
  const { rows } = await pool.query<Record<string, unknown>>('SELECT * FROM agent_messages WHERE home = $1', [home]);
  for (const kept of Object.values(rows[0] ?? {})) expect(String(kept)).not.toContain('quokka');
});
