/** Hands over the keys of a new installation: shown once to whoever watches, else written to files that only the owner may read. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeOwnFile } from './encryption/own-file';
import type { FirstKeys } from './security/first-keys';
import { ADMIN_KEY_FILE, makeFirstKeys, REVIEWER_KEY_FILE } from './security/first-keys';
import type { Platform } from './platform';

export interface HandedOver {
  /** Lines for the terminal. */
  readonly lines: readonly string[];
  /** For a shell: what stands for the admin's key in a command that can be pasted. */
  readonly adminInShell: string;
}

/** Makes keys where there are none, outside production. */
export async function handOverKeys({ config, store }: Platform, watched: boolean): Promise<HandedOver> {
  const file = path.join(config.dataDir, ADMIN_KEY_FILE);
  const keys = config.environment === 'production' || config.adminKey ? undefined : await makeFirstKeys(store.apiKeys);
  if (keys !== undefined && watched) return { lines: shownOnce(keys), adminInShell: keys.admin };
  if (keys !== undefined) {
    const reviewer = path.join(config.dataDir, REVIEWER_KEY_FILE);
    write(file, keys.admin);
    write(reviewer, keys.reviewer);
    return {
      lines: [
        'The keys of this installation were written down for you alone:',
        `  admin     ${file}`,
        `  reviewer  ${reviewer}`,
      ],
      adminInShell: inFile(file),
    };
  }
  return { lines: [], adminInShell: existsSync(file) ? inFile(file) : '$OMNI_API_KEY' };
}

function shownOnce({ admin, reviewer }: FirstKeys): readonly string[] {
  return [
    'The keys of this installation, shown this once; only their hashes are kept:',
    `  admin     ${admin}`,
    `  reviewer  ${reviewer}`,
    'Commands of omni take theirs from OMNI_API_KEY.',
  ];
}

function inFile(file: string): string {
  const shown = path.relative(process.cwd(), file);
  return `$(cat '${shown.startsWith('..') ? file : shown}')`;
}

/** In the place of what another database's first start has left. */
function write(file: string, key: string): void {
  rmSync(file, { force: true });
  makeOwnFile(file, key);
}
