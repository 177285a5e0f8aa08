/** Which server a command talks to, and the key that it shows there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../config';
import { isLoopback } from '../monitoring/host-names';
import { ADMIN_KEY_FILE } from '../security/first-keys';
import type { Terminal } from './terminal';

export const SERVER_OPTION = [
  '-s, --server <url>',
  'address of the API (OMNI_URL; http://127.0.0.1:3000); its key is taken from OMNI_API_KEY',
] as const;

export interface ServerAddress {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key?: string;
}

/** The one that was named, else `OMNI_URL`, else the one that `npm start` runs on this machine. */
export function serverAddress(named: string | undefined, env: Terminal['env']): ServerAddress {
  const url = (named ?? (env['OMNI_URL'] || usualAddress(env))).replace(/\/+$/, '');
  const key = env['OMNI_API_KEY'] || localKey(url, env);
  return { url, ...(key === undefined ? {} : { key }) };
}

/** Where `npm start` serves unless told otherwise. */
export function usualAddress(env: Terminal['env']): string {
  return `http://127.0.0.1:${env['PORT'] || '3000'}`;
}

/** The admin's key that the first start wrote down here; it is shown to servers on this machine alone. */
function localKey(url: string, env: Terminal['env']): string | undefined {
  if (!URL.canParse(url) || !isLoopback(new URL(url).hostname)) return undefined;
  try {
    return readFileSync(path.join(loadConfig(env).dataDir, ADMIN_KEY_FILE), 'utf8').trim();
  } catch {
    return undefined;
  }
}
