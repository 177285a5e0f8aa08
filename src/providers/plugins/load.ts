/** Finds the program of a plugin and runs it: a file beside the settings, or a package. */
import { existsSync, statSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { OmniError } from '../../plan/problem';
import { readPlugin, type Plugin } from './shape';

/** What plugins import. */
const OWN = 'omni-mcp';

/** `named` as the setting says it, from `folder`. Throws `validation`: which plugin, what is wrong, what to do. */
export async function loadPlugin(named: string, folder: string): Promise<Plugin> {
  const read = readPlugin(await defaultOf(named, locate(named, folder)));
  if (typeof read !== 'string') return read;
  throw refused(named, read, 'Export by default what defineTool and defineProvider give, or a list of it');
}

/** What cannot be used, why, and what to do about it. */
export function refused(named: string, why: string, advice: string, cause?: unknown): OmniError {
  const detail = `The plugin ${named} of the setting tools cannot be used: ${why}. ${advice}; see docs/add-a-provider.md.`;
  return new OmniError('validation', detail, cause === undefined ? {} : { cause });
}

/** What `import()` takes. */
function locate(named: string, folder: string): string {
  const isFile = named.startsWith('.') || path.isAbsolute(named);
  const found = isFile ? path.resolve(folder, named) : packageAt(named, folder);
  if (found === undefined) {
    lendOwnPackage();
    return named;
  }
  if (isFile && !existsSync(found)) throw refused(named, `there is no file ${found}`, 'Correct the path');
  if (/\.[cm]?tsx?$/.test(found))
    throw refused(named, `${found} is TypeScript`, 'Compile it, and name the .js file that comes out');
  if (!/\.[cm]?js$/.test(found) || !statSync(found).isFile())
    throw refused(named, `${found} is no program`, 'Name a file that ends in .mjs, .cjs or .js');
  if (whereFrom(found, OWN) === undefined) lendOwnPackage();
  return pathToFileURL(found).href;
}

function whereFrom(file: string, named: string): string | undefined {
  try {
    return createRequire(file).resolve(named);
  } catch {
    return undefined;
  }
}

let lent = false;

/** From now on modules that find no omni-mcp where they lie get this one. It costs a thread, so it is done when it is needed. */
function lendOwnPackage(): void {
  if (lent) return;
  lent = true;
  const place = whereFrom(__filename, OWN);
  if (place === undefined) return;
  register(pathToFileURL(path.join(__dirname, 'own-package.mjs')), { data: { [OWN]: pathToFileURL(place).href } });
}

/** Undefined: it says its place only to `import`, which looks from here. */
function packageAt(named: string, folder: string): string | undefined {
  try {
    const found = createRequire(path.join(folder, 'settings.json')).resolve(named);
    if (path.isAbsolute(found)) return found;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
    if (code !== 'MODULE_NOT_FOUND') throw refused(named, messageOf(error), 'Correct the package', error);
  }
  const asFile = existsSync(path.resolve(folder, named));
  throw refused(
    named,
    `no package of that name can be found from ${folder}`,
    asFile ? `Write ./${named} for the file` : 'Install it there, or begin the path of a file with ./',
  );
}

/** CommonJS that was compiled from modules keeps its default one level deeper. */
async function defaultOf(named: string, place: string): Promise<unknown> {
  try {
    const { default: exported } = (await import(place)) as { readonly default?: unknown };
    const inner = exported as { readonly __esModule?: unknown; readonly default?: unknown } | undefined;
    return inner?.__esModule === true ? inner.default : exported;
  } catch (error) {
    const missing = messageOf(error).includes(`'${OWN}'`);
    throw refused(
      named,
      `it failed while it was loaded (${messageOf(error)})`,
      missing
        ? 'Install omni-mcp where the plugin lies, or write it as a module (.mjs), which finds the platform by itself'
        : 'Correct its program',
      error,
    );
  }
}

/** With its place, where it is a fault of syntax: that stands nowhere but at the beginning of the stack. */
function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, message = '', stack = '' } = error as Partial<Error>;
  const [place = ''] = stack.split('\n');
  const first = `${name ?? 'Error'}: ${message.split('\n')[0]}`;
  return name === 'SyntaxError' && /:\d+$/.test(place) ? `${first}, ${place}` : first;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
