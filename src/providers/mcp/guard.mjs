/**
 * Stands between the platform and one MCP server: `node guard.mjs <command> <argument>…`. When the platform closes our input, or
 * dies in whatever way, the server and all that it started are ended, even where it does not mind that its own input closed.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';

/** Milliseconds that the server has to end by itself, and then after it was asked to. */
const GRACE_MS = 800;

const [command, ...args] = process.argv.slice(2);
// A group of its own, so that a wrapper such as npx takes what it wraps along.
const server = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'], detached: process.platform !== 'win32' });

function signal(name) {
  try {
    if (process.platform === 'win32') server.kill(name);
    else process.kill(-server.pid, name);
  } catch {
    // Nobody of the group is left.
  }
}

function end(afterMs) {
  setTimeout(() => signal('SIGTERM'), afterMs);
  setTimeout(() => signal('SIGKILL'), afterMs + GRACE_MS);
}

server.on('error', (error) => {
  process.stderr.write(`${command} cannot be started: ${error.code ?? error.message}\n`);
  process.exit(127);
});
server.on('exit', (code) => {
  signal('SIGKILL');
  process.exit(code ?? 1);
});
server.stdin.on('error', () => {});
process.stdin.on('error', () => end(0));
process.stdin.on('end', () => end(GRACE_MS));
process.stdin.pipe(server.stdin);
process.on('SIGTERM', () => end(0));
// Ctrl-C and a closed terminal reach us too, but running calls are to be let finish: the platform closes our input when it is done.
for (const name of ['SIGINT', 'SIGHUP']) process.on(name, () => {});
