/** The platform's database itself, for commands that work without a server. */
import type { Config } from '../config';
import { OmniError } from '../plan/problem';
import type { Store } from '../store/store';
import { openStore } from '../store/store';
import { joinServers } from '../temporal/local-servers';

/** Throws `provider-unavailable` when it does not answer. */
export async function withStore<T>(config: Config, use: (store: Store, url: string) => Promise<T>): Promise<T> {
  const { databaseUrl } = joinServers(config);
  const store = openStore(databaseUrl);
  try {
    await store.ping().catch((cause: unknown) => {
      throw new OmniError(
        'provider-unavailable',
        `PostgreSQL does not answer at ${new URL(databaseUrl).host}. Start the platform (npm start), or set DATABASE_URL.`,
        { cause },
      );
    });
    return await use(store, databaseUrl);
  } finally {
    await store.close();
  }
}
