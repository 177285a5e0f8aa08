/** A project that `omni init` has made: its definitions and its `.env` count for commands that run in its folder. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from '../config';

/** Holds the schemas that editors read, and marks the folder of a project. */
export const PROJECT_FOLDER = '.omni';

/** The environment of a command. What the shell sets wins over `.env`; a folder that is no project has nothing of its own. */
export function projectEnvironment({ env, cwd }: { readonly env: Environment; readonly cwd: string }): Environment {
  if (!existsSync(path.join(cwd, PROJECT_FOLDER))) return env;
  const file = path.join(cwd, '.env');
  const own = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { OMNI_DEFINITIONS_DIR: path.join(cwd, 'definitions'), ...own, ...env };
}
