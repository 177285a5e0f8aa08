/** Finds where JSON stops being JSON (RFC 8259), which the parser of the runtime does not always tell. */

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Position of the first character that cannot stand where it stands; the length of the text when it ends too early. */
export function faultPosition(text: string): number {
  const reader = { text, at: 0 };
  const whole = value(reader);
  skip(reader);
  return whole && reader.at === text.length ? -1 : reader.at;
}

interface Reader {
  readonly text: string;
  at: number;
}

/** False when it stopped at a fault, which is where the reader stands. */
function value(reader: Reader): boolean {
  skip(reader);
  if (take(reader, '{')) return members(reader, '}', () => string(reader) && follow(reader, ':') && value(reader));
  if (take(reader, '[')) return members(reader, ']', () => value(reader));
  return match(reader, STRING) || match(reader, SCALAR);
}

function members(reader: Reader, close: string, one: () => boolean): boolean {
  if (follow(reader, close)) return true;
  for (;;) {
    if (!one()) return false;
    if (follow(reader, close)) return true;
    if (!follow(reader, ',')) return false;
  }
}

function string(reader: Reader): boolean {
  skip(reader);
  return match(reader, STRING);
}

function follow(reader: Reader, character: string): boolean {
  skip(reader);
  return take(reader, character);
}

function take(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function skip(reader: Reader): void {
  match(reader, SPACE);
}

function match(reader: Reader, pattern: RegExp): boolean {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) return false;
  reader.at += found[0].length;
  return true;
}
