/** An environment in which a story starts servers of its own: a folder that is removed afterwards, free ports, no keys. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../src/store/port';

/** All that is taken over from the caller's environment: without a vendor's key nothing is billed, and without an address nothing shared is used. */
const TAKEN_OVER = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'OMNI_CACHE_DIR', 'OMNI_MODELS_DIR', 'TEMPORAL_CLI_PATH'];
const PORTS = ['PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'OMNI_POSTGRES_PORT'];

/** What a story stands on, what it does, and how the first is ended. */
export interface Story<Ground> {
  readonly open: (env: Record<string, string>) => Promise<Ground>;
  readonly tell: (ground: Ground) => Promise<void>;
  readonly close: (ground: Ground) => Promise<void>;
}

/** Whatever becomes of the story, also when it is interrupted, its servers are ended and what they wrote is removed. */
export async function withPrivateServers<Ground>({ open, tell, close }: Story<Ground>): Promise<void> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => reject(new Error(signal)));
  });
  // It is raced with only after the opening, and no signal may come unheard before.
  interrupted.catch(() => undefined);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'omni-example-'));
  // As root the database runs under another account, which must be able to enter.
  chmodSync(dataDir, 0o711);
  try {
    const env: Record<string, string> = { OMNI_DATA_DIR: dataDir, LOG_LEVEL: 'error' };
    for (const name of TAKEN_OVER) if (process.env[name]) env[name] = process.env[name];
    for (const name of PORTS) env[name] = String(await freePort());
    const ground = await open(env);
    try {
      await Promise.race([tell(ground), interrupted]);
    } finally {
      await close(ground);
    }
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
