/** The scenario files that lie beside definitions. */
import { existsSync, readdirSync } from 'node:fs';

/** Names within the folder, in alphabetical order. */
export function scenarioFilesIn(folder: string): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => /\.scenarios\.ya?ml$/.test(name)).sort();
}
