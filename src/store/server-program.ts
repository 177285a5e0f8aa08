/** Runs a server program as a child process: says when it is ready, stops it, and leaves nothing behind when this process ends. */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { OmniError } from '../plan/problem';

export interface ServerProgramOptions {
  /** For messages, for example `PostgreSQL`. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Set when the program must not run as root. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  /** A line of its output that matches says that it is ready. */
  readonly ready: RegExp;
  readonly stopSignal: NodeJS.Signals;
  /** Where its process id is kept for `endLeftOver`. */
  readonly pidFile?: string;
  /** Every line of its output. */
  readonly log: (line: string) => void;
}

export interface ServerProgram {
  readonly pid: number;
  /** Resolves when the program has ended, wanted or not, with the last lines that it wrote. */
  readonly ended: Promise<string>;
  /** Asks it to end, and kills it after ten seconds. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;

/** Resolves once the program is ready; throws `internal` with its last output when it ends before or takes longer than a minute. */
export async function startServerProgram(options: ServerProgramOptions): Promise<ServerProgram> {
  const { name, file, args, env, cwd, account, ready, stopSignal, pidFile, log } = options;
  // A process group of its own: Ctrl-C in the terminal reaches this process alone, which then stops everything in order.
  const child = spawn(file, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...account });
  const last: string[] = [];
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(last.join('\n')));
  });
  const killWithUs = (): void => void child.kill(stopSignal);
  process.once('exit', killWithUs);
  void ended.then(() => {
    process.off('exit', killWithUs);
    if (pidFile !== undefined) rmSync(pidFile, { force: true });
  });
  if (pidFile !== undefined && child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`, { mode: 0o600 });

  const isReady = new Promise<'ready'>((resolve) => {
    const take = (line: string): void => {
      last.push(line);
      if (last.length > 20) last.shift();
      log(line);
      if (ready.test(line)) resolve('ready');
    };
    for (const stream of [child.stdout, child.stderr]) eachLine(stream, take);
  });
  const outcome = await Promise.race([isReady, ended, sleep(READY_WITHIN_MS, 'late' as const, { ref: false })]);
  const running = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const stop = async (): Promise<void> => {
    if (!running()) return;
    child.kill(stopSignal);
    const late = await Promise.race([
      ended,
      sleep(STOP_WITHIN_MS, undefined, { ref: false }).then(() => 'late' as const),
    ]);
    if (late === 'late' && running()) child.kill('SIGKILL');
    await ended;
  };
  if (outcome !== 'ready') {
    await stop();
    const why = outcome === 'late' ? `was not ready within ${READY_WITHIN_MS / 1000} s` : 'ended while starting';
    throw new OmniError('internal', `${name} ${why}. It said:\n${await ended}`);
  }
  return { pid: child.pid ?? 0, ended, stop };
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') take(line);
  });
  stream.on('end', () => rest.trim() !== '' && take(rest));
}
