/** Files of the repository by ending, without what is made or installed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface TextFile {
  /** From the root. */
  readonly name: string;
  readonly text: string;
}

const ROOT = path.resolve(__dirname, '..');
const MADE = ['node_modules', 'dist', '.git', '.cache', '.data', 'coverage'];

export function textFiles(ending: string, folder = ''): readonly TextFile[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return MADE.includes(entry.name) ? [] : textFiles(ending, name);
    return name.endsWith(ending) ? [{ name, text: readFileSync(path.join(ROOT, name), 'utf8') }] : [];
  });
}
