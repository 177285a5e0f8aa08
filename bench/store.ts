/** A PostgreSQL for measurements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLocalPostgres } from '../src/store/local-postgres';
import { migrate } from '../src/store/migrate';
import { freePort } from '../src/store/port';
import type { Store } from '../src/store/store';
import { openStore } from '../src/store/store';

/** A database of its own, which is thrown away. */
export async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'omni-bench-'));
  const server = await startLocalPostgres({ dataDir, port: await freePort(), throwaway: true, log: () => undefined });
  try {
    await migrate(server.url);
    const store = openStore(server.url);
    await work(store).finally(() => store.close());
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
