/** The folder that holds what a local start keeps: used by one process at a time. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import { commandLine } from './left-over';

const owner = z.object({ pid: z.number(), command: z.string() });

/** Makes the folder and claims it; throws `conflict` while another living process holds it. Returns what gives it back. */
export function claimDataDirectory(dir: string): () => void {
  // Enterable, because as root the database runs under another account; what is inside is closed file by file.
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  const file = path.join(dir, 'owner.json');
  const holder = read(file);
  if (holder !== undefined && holder.pid !== process.pid && commandLine(holder.pid) === holder.command)
    throw new OmniError(
      'conflict',
      `Process ${holder.pid} is using the data directory ${dir}. Stop it, or set OMNI_DATA_DIR to another folder.`,
    );
  writeFileSync(file, JSON.stringify({ pid: process.pid, command: commandLine(process.pid) ?? '' }), { mode: 0o600 });
  return () => {
    if (read(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

function read(file: string): z.infer<typeof owner> | undefined {
  try {
    return owner.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
