/** Brings a database to the newest schema. */
import path from 'node:path';
import { Client } from 'pg';

/**
 * Runs every SQL file of `migrations/` that has not run yet, in order, and returns their names. Several processes may start at once:
 * one migrates, the others wait for it.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const { runner } = await import('node-pg-migrate');
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const done = await runner({
      dbClient: client,
      dir: path.join(__dirname, 'migrations'),
      direction: 'up',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      // Numbers are given out in advance: a lower one may arrive after a higher one.
      checkOrder: false,
      log: () => undefined,
    });
    return done.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}
