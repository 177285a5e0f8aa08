/** Server programs that outlived the process that had started them (it was killed): recognised and ended at the next start. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The command line of a running process, arguments joined with blanks; undefined when there is none. */
export function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Ends the process whose id is the first line of `pidFile`, when its command line holds `mark` (so that a reused id harms no stranger).
 * Waits up to ten seconds, then kills. Returns whether there was one.
 */
export async function endLeftOver(pidFile: string, mark: string, signal: NodeJS.Signals): Promise<boolean> {
  const pid = readPid(pidFile);
  const ours = (): boolean => pid !== undefined && (commandLine(pid)?.includes(mark) ?? false);
  if (pid === undefined || !ours()) return false;
  process.kill(pid, signal);
  for (let waited = 0; waited < 10_000 && ours(); waited += 50) await sleep(50);
  if (ours()) process.kill(pid, 'SIGKILL');
  return true;
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}
