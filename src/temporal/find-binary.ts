/** Finds the program `temporal` on this machine; scripts/temporal-cli.mjs obtains it when there is none. */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { OmniError } from '../plan/problem';

export interface BinaryPlaces {
  /** TEMPORAL_CLI_PATH. */
  readonly cliPath?: string;
  readonly cacheDir: string;
  /** PATH. */
  readonly searchPath: string;
}

/** Named path, then the search path, then the cache (newest version first); throws `not-found` saying how to obtain it. */
export function findTemporalBinary({ cliPath, cacheDir, searchPath }: BinaryPlaces): string {
  const program = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  if (cliPath !== undefined) {
    if (runnable(cliPath)) return cliPath;
    throw new OmniError(
      'not-found',
      `TEMPORAL_CLI_PATH is ${cliPath}, which is not a program. Correct it or unset it.`,
    );
  }
  const cache = path.join(cacheDir, 'temporal-cli');
  const versions = existsSync(cache) ? readdirSync(cache).sort().reverse() : [];
  const places = [
    ...searchPath
      .split(path.delimiter)
      .filter(Boolean)
      .map((dir) => path.join(dir, program)),
    ...versions.map((version) => path.join(cache, version, program)),
  ];
  const found = places.find(runnable);
  if (found !== undefined) return found;
  throw new OmniError(
    'not-found',
    'There is no program temporal. Run node scripts/temporal-cli.mjs, or install Temporal’s CLI and set TEMPORAL_CLI_PATH, or set TEMPORAL_ADDRESS to a server that runs.',
  );
}

function runnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
