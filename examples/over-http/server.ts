/** The real program, as `npm start` runs it, in a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 60_000;
const main = path.resolve(__dirname, '..', '..', 'src', 'main.js');

export interface RunningServer {
  readonly url: string;
  /** What its requests send. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends it as Ctrl-C does; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Resolves when `/readyz` answers 200. */
export async function startServer(env: Record<string, string>): Promise<RunningServer> {
  const key = randomBytes(32).toString('hex');
  const child = spawn(process.execPath, [main], {
    env: { ...env, OMNI_ADMIN_KEY: key },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = `http://127.0.0.1:${env['PORT']}`;
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended(child);
  };
  const giveUpAt = Date.now() + WITHIN_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    if (Date.now() > giveUpAt) {
      await stop();
      throw new Error(`The server was not ready within ${WITHIN_MS / 1000} s.`);
    }
    await sleep(100);
  }
  return { url, headers: { authorization: `Bearer ${key}` }, stop };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}
