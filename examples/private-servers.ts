/** An environment in which a story starts servers of its own: a folder that is removed afterwards, free ports, no keys. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** All that is taken over from the caller's environment: without a vendor's key nothing is billed, and without an address nothing shared is used. */
const TAKEN_OVER = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'OMNI_CACHE_DIR', 'OMNI_MODELS_DIR', 'TEMPORAL_CLI_PATH'];
const PORTS = ['PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'OMNI_POSTGRES_PORT'];

/** Calls the story with the environment, and removes what its servers wrote when it has ended. */
export async function withPrivateServers(story: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'omni-example-'));
  // As root the database runs under another account, which must be able to enter.
  chmodSync(dataDir, 0o711);
  try {
    const env: Record<string, string> = { OMNI_DATA_DIR: dataDir, LOG_LEVEL: 'error' };
    for (const name of TAKEN_OVER) if (process.env[name]) env[name] = process.env[name];
    for (const name of PORTS) env[name] = String(await freePort());
    await story(env);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
