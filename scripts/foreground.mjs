// Runs a built file in the foreground: same terminal, signals handed on, its exit code ours.
import { spawn } from 'node:child_process';

const HANDED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** @returns {{ ended: Promise<number>, stop(): void }} */
export function foreground(file, args = []) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--enable-source-maps', file, ...args],
    {
      // The channel closes when this process is killed, which tells the program to stop.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  const handlers = HANDED_ON.map((signal) => {
    // Ctrl-C reaches the whole foreground group by itself: handing it on would make it two.
    const hand = () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
    process.on(signal, hand);
    return () => process.off(signal, hand);
  });
  // npm passes a signal on to its shell only, which ends without a word to this process: losing it is the signal.
  const parent = process.ppid;
  const lost = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(lost);
    child.kill('SIGTERM');
  }, 500);
  if (!process.env.npm_lifecycle_event) clearInterval(lost);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  }).finally(() => {
    clearInterval(lost);
    handlers.forEach((off) => off());
  });
  return { ended, stop: () => child.kill('SIGTERM') };
}
