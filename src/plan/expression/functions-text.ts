/** Functions over text. Positions count characters (code points), not UTF-16 units. */
import { list, text, whole } from './argument';
import { toText } from './convert';
import { fail } from './fault';
import type { FunctionTable } from './function-table';
import type { Meter } from './meter';
import { matches } from './pattern';

const NON_ASCII = /[^\0-\x7f]/;

export function textSize(value: string): number {
  if (!NON_ASCII.test(value)) return value.length;
  let size = value.length;
  // The second half of a pair is no character of its own.
  for (let i = 1; i < value.length; i++) if (isLow(value.charCodeAt(i)) && isHigh(value.charCodeAt(i - 1))) size--;
  return size;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Clamped to the text; a negative position counts from the end. */
function sliceText(value: string, from: number, to: number | undefined, meter: Meter): string {
  if (!NON_ASCII.test(value)) {
    meter.step(value.length >> 6);
    return value.slice(from, to);
  }
  // Taking a text apart costs far more than scanning it.
  meter.step(value.length >> 2);
  return Array.from(value).slice(from, to).join('');
}

function made(value: string, meter: Meter): string {
  meter.grow(value.length);
  return value;
}

function scanned(value: string, meter: Meter): string {
  meter.step(value.length >> 6);
  return value;
}

export const TEXT_METHODS: FunctionTable = {
  startsWith: { arity: [1, 1], call: ([a, b]) => text(a, 'startsWith()').startsWith(text(b, 'startsWith()')) },
  endsWith: { arity: [1, 1], call: ([a, b]) => text(a, 'endsWith()').endsWith(text(b, 'endsWith()')) },
  contains: {
    arity: [1, 1],
    call: ([a, b], { meter }) => {
      if (Array.isArray(a)) return fail('contains() is for text; in a list, write `element in list`');
      meter.step(text(a, 'contains()').length >> 5);
      return text(a, 'contains()').includes(text(b, 'contains()'));
    },
  },
  matches: { arity: [1, 1], call: ([a, b], run) => matches(text(a, 'matches()'), text(b, 'matches()'), run) },
  lowerAscii: {
    arity: [0, 0],
    call: ([a], { meter }) =>
      made(
        text(a, 'lowerAscii()').replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
        meter,
      ),
  },
  upperAscii: {
    arity: [0, 0],
    call: ([a], { meter }) =>
      made(
        text(a, 'upperAscii()').replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
        meter,
      ),
  },
  trim: { arity: [0, 0], call: ([a], { meter }) => made(text(a, 'trim()').trim(), meter) },
  replace: {
    arity: [2, 2],
    call: ([a, b, c], { meter }) => {
      const [source, old, replacement] = [text(a, 'replace()'), text(b, 'replace()'), text(c, 'replace()')];
      if (old === '') return fail('replace() needs a text to look for, found an empty one');
      const parts = scanned(source, meter).split(old);
      meter.step(parts.length);
      // The size is known before the text is made.
      meter.grow(source.length + (parts.length - 1) * replacement.length);
      return parts.join(replacement);
    },
  },
  split: {
    arity: [1, 1],
    call: ([a, b], { meter }) => {
      const [source, delimiter] = [text(a, 'split()'), text(b, 'split()')];
      const parts = delimiter === '' ? Array.from(source) : source.split(delimiter);
      meter.step(parts.length);
      meter.grow(source.length + parts.length * 8);
      return parts;
    },
  },
  join: {
    arity: [0, 1],
    call: ([a, b], { meter }) => {
      const separator = b === undefined ? '' : text(b, 'join()');
      const parts = list(a, 'join()');
      meter.step(parts.length * 4);
      const texts = parts.map((part) => {
        const words = toText(part, meter);
        meter.grow(words.length + separator.length);
        return words;
      });
      return texts.join(separator);
    },
  },
  slice: {
    arity: [1, 2],
    call: ([a, from, to], { meter }) => {
      const start = whole(from, 'slice()');
      const end = to === undefined ? undefined : whole(to, 'slice()');
      if (Array.isArray(a)) {
        const part = list(a, 'slice()').slice(start, end);
        meter.step(part.length);
        meter.grow(part.length * 8);
        return part;
      }
      return made(sliceText(text(a, 'slice()'), start, end, meter), meter);
    },
  },
};
