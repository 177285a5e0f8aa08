/** Reads the body of an answer within its bounds. */
import type { Watch } from './watch';

export interface Reading {
  /** In bytes, after decompression. */
  readonly cap: number;
  /** Told after each piece how much has come. */
  readonly grown?: (bytes: number) => void;
}

/** Gives each piece to `take`; false: it has more bytes than the cap, and the rest was not read. */
export async function readPieces(
  response: Response,
  watch: Watch,
  { cap, grown, take }: Reading & { readonly take: (piece: Uint8Array) => void },
): Promise<boolean> {
  let size = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    watch.idle();
    size += piece.byteLength;
    if (size > cap) return false;
    take(piece);
    grown?.(size);
  }
  return true;
}

/** Undefined: it has more bytes than the cap, and the rest was not read. */
export async function readWhole(response: Response, watch: Watch, reading: Reading): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  watch.idle();
  const within = await readPieces(response, watch, { ...reading, take: (piece) => void pieces.push(piece) });
  return within ? Buffer.concat(pieces) : undefined;
}

/** Undefined: it is no JSON, or none in UTF-8. */
export function jsonIn(text: Uint8Array | string): unknown {
  try {
    const whole = typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text);
    return JSON.parse(whole) as unknown;
  } catch {
    return undefined;
  }
}
