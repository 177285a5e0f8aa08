/** The second place: newest seals in a file that is only ever appended to, so that rows missing at the end are noticed. */
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** That the log ended with this row at that time. */
export interface ExportedHead {
  readonly sequence: number;
  /** The row's seal. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface ExportedHeads {
  /** By sequence. */
  readonly heads: readonly ExportedHead[];
  /** Lines that are no head: half written when the power went, or tampered with. */
  readonly unreadable: number;
}

/** Also a line of the process's log: whatever else stands there does not matter. */
const line = z.object({
  sequence: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});

/** Some ten lines, of which one may be half written. */
const END_BYTES = 2_048;

/** No file is no heads. */
export async function readHeads(file: string): Promise<ExportedHeads> {
  const heads: ExportedHead[] = [];
  let unreadable = 0;
  if (existsSync(file))
    for await (const text of createInterface({ input: createReadStream(file, 'utf8') })) {
      if (text === '') continue;
      const head = parse(text);
      if (head === undefined) unreadable += 1;
      else heads.push(head);
    }
  return { heads: heads.sort((a, b) => a.sequence - b.sequence), unreadable };
}

/** What was exported last, by whatever process. */
export async function lastHead(file: string): Promise<ExportedHead | undefined> {
  if (!existsSync(file)) return undefined;
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const end = Buffer.alloc(Math.min(size, END_BYTES));
    await handle.read(end, 0, end.length, size - end.length);
    return end
      .toString()
      .split('\n')
      .map(parse)
      .findLast((head) => head !== undefined);
  } finally {
    await handle.close();
  }
}

/** Resolves when the line is on disk. Whoever may read it can do nothing with it, but only its owner may. */
export async function appendHead(file: string, { sequence, hash, at }: ExportedHead): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o711 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    // What a crash left half written must not swallow this line.
    const start = size > 0 && last.toString() !== '\n' ? '\n' : '';
    await handle.appendFile(`${start}${JSON.stringify({ sequence, hash, at: new Date(at).toISOString() })}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

function parse(text: string): ExportedHead | undefined {
  try {
    const { at, ...head } = line.parse(JSON.parse(text));
    return { ...head, at: Date.parse(at) };
  } catch {
    return undefined;
  }
}
