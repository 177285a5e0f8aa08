// Installs the packages when they are missing or older than the lock file. Needs Node only.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Written by npm and by pnpm at the end of an installation. */
const MARKS = ['.package-lock.json', '.modules.yaml'].map((name) => path.join(root, 'node_modules', name));

export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`Node 20.19 or newer is needed; this is ${process.versions.node}.`);
  const lock = path.join(root, 'package-lock.json');
  const mark = MARKS.find(existsSync);
  if (mark !== undefined && (!existsSync(lock) || statSync(lock).mtimeMs <= statSync(mark).mtimeMs)) return;
  const runner = process.env.npm_execpath;
  const pnpm = runner?.includes('pnpm') || mark?.endsWith('.modules.yaml');
  const args = pnpm ? ['install'] : ['ci', '--no-audit', '--no-fund'];
  console.log(`Installing packages (${pnpm ? 'pnpm' : 'npm'} ${args[0]}); the first time takes about a minute …`);
  const named = pnpm ? 'pnpm' : 'npm';
  const [command, ...before] = runner?.endsWith('js') && runner.includes(named) ? [process.execPath, runner] : [named];
  const done = spawnSync(command, [...before, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (done.status !== 0)
    throw new Error(
      `The installation failed (${done.error?.message ?? `${named} ended with ${done.status}`}). Mend what it says above and start again.`,
    );
  const now = MARKS.find(existsSync);
  if (now !== undefined) utimesSync(now, new Date(), new Date());
}
