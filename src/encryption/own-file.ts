/** Files with secrets that the platform makes for itself. */
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a file of one line that only its owner may read. One that is there stays: of several processes that start at once one makes it,
 * and nobody reads half of it.
 */
export function makeOwnFile(file: string, line: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o711 });
  const aside = `${file}.${randomUUID()}`;
  writeFileSync(aside, `${line}\n`, { mode: 0o600 });
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
