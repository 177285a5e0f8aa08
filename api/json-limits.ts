/** Measures JSON before it is parsed: how deep it is nested, and how many keys it has. */

export interface JsonMeasure {
  /** Of brackets and braces outside strings. */
  readonly depth: number;
  readonly keys: number;
}

/** One pass over the bytes; strings are skipped at the speed of a byte search. */
export function measureJson(bytes: Buffer): JsonMeasure {
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x22) at = endOfString(bytes, at);
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === 0x3a) keys += 1;
  }
  return { depth: deepest, keys };
}

function endOfString(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0x22, start + 1); at !== -1; at = bytes.indexOf(0x22, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return bytes.length;
}
