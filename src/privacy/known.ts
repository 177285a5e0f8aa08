/** Finds values that are known to be personal, wherever they stand in a text: whole words, in any case of letters. */
import type { Json } from '../plan/json';
import type { Finding } from './finding';

export interface KnownValue {
  readonly kind: string;
  readonly text: string;
}

/** Below this a value is looked for where it stands alone, and not within texts: `M` is in too many of them. */
const LEAST = 3;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

interface Entry extends KnownValue {
  /** Where its first word begins. */
  readonly offset: number;
  readonly lower: string;
  /** Counts only as it is written. */
  readonly exact: boolean;
}

export type FindKnown = (text: string) => readonly Finding[];

export function findKnown(values: readonly KnownValue[]): FindKnown {
  const alone = new Map(values.map(({ kind, text }) => [text, kind]));
  const byWord = new Map<string, Entry[]>();
  const unspaced: KnownValue[] = [];
  const add = (kind: string, text: string, exact: boolean): void => {
    if (UNSPACED.test(text)) {
      unspaced.push({ kind, text });
      return;
    }
    const [first] = wordsOf(text);
    if (first === undefined || text.length < LEAST) return;
    const entries = byWord.get(lowered(first.word)) ?? [];
    if (entries.some((one) => one.text === text && one.exact === exact)) return;
    byWord.set(lowered(first.word), [...entries, { kind, text, offset: first.at, lower: lowered(text), exact }]);
  };
  for (const { kind, text } of new Set(values)) {
    add(kind, text, false);
    const encoded = encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
    if (encoded !== text) add(kind, encoded, false);
    if (kind === 'name') for (const part of text.match(/[\p{L}\p{M}'’-]{3,}/gu) ?? []) add(kind, part, true);
    const compact = text.replace(/[ ().\u00a0/-]/g, '');
    if (/^\+?\d{6,}$/.test(compact)) add(kind, compact, false);
  }
  return (text) => {
    const whole = alone.get(text);
    if (whole !== undefined) return [{ kind: whole, start: 0, end: text.length }];
    return [...inWords(text, byWord), ...unspaced.flatMap((value) => anywhere(text, value))];
  };
}

function inWords(text: string, byWord: ReadonlyMap<string, readonly Entry[]>): readonly Finding[] {
  if (byWord.size === 0) return [];
  const lower = lowered(text);
  const found: Finding[] = [];
  for (const { word, at } of wordsOf(text))
    for (const { kind, text: value, lower: lowerValue, offset, exact } of byWord.get(lowered(word)) ?? []) {
      const start = at - offset;
      const end = start + value.length;
      const same = exact ? text.startsWith(value, start) : lower.startsWith(lowerValue, start);
      if (start >= 0 && same && !/[\p{L}\p{M}\p{N}]{2}/u.test(text.slice(end - 1, end + 1)))
        found.push({ kind, start, end });
    }
  return found;
}

/** Not by one pattern for a whole word, which runs out of stack on a word of millions of letters. */
function* wordsOf(text: string): Generator<{ readonly word: string; readonly at: number }> {
  let at = 0;
  for (const { 0: gap, index } of text.matchAll(/[^\p{L}\p{M}\p{N}]/gu)) {
    if (index > at) yield { word: text.slice(at, index), at };
    at = index + gap.length;
  }
  if (at < text.length) yield { word: text.slice(at), at };
}

function anywhere(text: string, { kind, text: value }: KnownValue): readonly Finding[] {
  const found: Finding[] = [];
  for (let start = text.indexOf(value); start !== -1; start = text.indexOf(value, start + value.length))
    found.push({ kind, start, end: start + value.length });
  return found;
}

/** Of the same length, so that places stay what they are. */
function lowered(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

/** The texts and numbers of a marked value, which may be a list or an object. */
export function knownValues(kind: string, value: Json): readonly KnownValue[] {
  if (typeof value === 'number') return [{ kind, text: String(value) }];
  if (typeof value === 'string') {
    const trimmed = value.trim();
    return [...new Set([value, trimmed])].filter((text) => text !== '').map((text) => ({ kind, text }));
  }
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((part: Json) => knownValues(kind, part))
    : [];
}
