/** Names of the platform's own tables, as its migrations make them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

let tables: ReadonlySet<string> | undefined;

export function platformTables(): ReadonlySet<string> {
  const folder = path.join(__dirname, 'migrations');
  const made = (name: string): readonly string[] =>
    [
      ...readFileSync(path.join(folder, name), 'utf8').matchAll(
        /^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)/gm,
      ),
    ].map(([, table = '']) => table);
  return (tables ??= new Set(readdirSync(folder).flatMap(made)));
}
