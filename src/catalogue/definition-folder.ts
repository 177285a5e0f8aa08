/** The YAML files of the definitions folder. */
import { readFileSync, realpathSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SchemaSource } from '../language/named-types';
import { isObject } from '../plan/json';

export interface DefinitionFile {
  /** The file's name without its ending. */
  readonly id: string;
  /** Name within the folder. */
  readonly file: string;
  readonly text: string;
}

export interface DefinitionFolder {
  /** What the folder holds: as of now when it follows changes, else as of the first reading. */
  files(): Promise<readonly DefinitionFile[]>;
  /** The JSON Schema files of the folder, for `$schema`. */
  readonly schemas: SchemaSource;
}

/** Scenario files and folders inside (fixtures, recordings) are no definitions. A folder that is missing holds none. */
export function definitionFolder(folder: string, { follow }: { readonly follow: boolean }): DefinitionFolder {
  const known = new Map<string, { readonly stamp: string; readonly text: string }>();
  let first: Promise<readonly DefinitionFile[]> | undefined;

  const read = async (): Promise<readonly DefinitionFile[]> => {
    const files: DefinitionFile[] = [];
    for (const file of await names(folder)) {
      const place = path.join(folder, file);
      const { mtimeMs, size } = await stat(place);
      const stamp = `${mtimeMs} ${size}`;
      const last = known.get(file);
      const text = last?.stamp === stamp ? last.text : await readFile(place, 'utf8');
      known.set(file, { stamp, text });
      files.push({ id: file.replace(/\.ya?ml$/, ''), file, text });
    }
    return files;
  };

  return { files: () => (follow ? read() : (first ??= read())), schemas: (name) => readSchema(folder, name) };
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name) && !/\.scenarios\.ya?ml$/.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Links are followed first, so that none leads out of the folder. */
function readSchema(folder: string, name: string): ReturnType<SchemaSource> {
  try {
    const root = realpathSync(folder);
    const place = realpathSync(path.resolve(root, name.endsWith('.json') ? name : `${name}.json`));
    if (!place.startsWith(root + path.sep)) return { fault: `The schema ${name} lies outside the definitions folder.` };
    const schema: unknown = JSON.parse(readFileSync(place, 'utf8'));
    return isObject(schema) ? { schema } : { fault: `The file ${name} holds no JSON Schema.` };
  } catch (error) {
    const broken = error instanceof SyntaxError;
    return {
      fault: broken ? `The file ${name} is not JSON.` : `There is no schema ${name} in the definitions folder.`,
    };
  }
}
