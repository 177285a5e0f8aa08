/** `omni start`: the same as `npm start`. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../config';
import type { Finish } from './exit';
import type { Terminal } from './terminal';

export function startCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('start')
    .description('start Temporal, PostgreSQL, workers and API on this machine: the same as npm start')
    .option('--watch', 'start anew after each change of the sources')
    .action(async ({ watch }: { watch?: boolean }) => {
      const script = path.join(packageRoot(), 'scripts', 'start.mjs');
      finish(await foreground([script, ...(watch === true ? ['--watch'] : [])], terminal));
    });
}

/** Runs it with this terminal's own streams. Ctrl-C reaches it from the terminal itself, and SIGTERM is handed on. */
function foreground(args: readonly string[], { env, onInterrupt }: Terminal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env });
    const ignore = onInterrupt((signal) => {
      if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      ignore();
      resolve(code ?? 1);
    });
  });
}
