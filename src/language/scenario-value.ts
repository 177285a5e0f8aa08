/** Small things that scenario files hold: moments, words of a closed list, lists of texts, plain data. */
import { parseDuration } from '../plan/duration';
import type { Json, JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import type { ProblemType } from '../plan/problem';
import { PROBLEMS } from '../plan/problem';
import { literalOf } from './literal';
import { isList, isMapping, readText } from './mapping';
import type { Report } from './report';
import type { Entry, Tree } from './tree';
import { describe } from './tree';

/** Milliseconds from 0. */
export function readMoment(report: Report, entry: Entry | undefined): number | undefined {
  if (entry === undefined) return undefined;
  const { value, key } = entry;
  const written = value.kind === 'scalar' ? value.value : undefined;
  if (written === 0 || (typeof written === 'string' && /^0(ms|s|m|h|d)?$/.test(written.trim()))) return 0;
  const ms = typeof written === 'string' || typeof written === 'number' ? parseDuration(written) : undefined;
  if (ms !== undefined) return ms;
  const rule = 'whole milliseconds from 0, or a number with ms, s, m, h or d such as 30s; at most 365d';
  report.add('invalid-duration', value.range, `The key ${key} is a time span: ${rule}. This is ${describe(value)}.`);
  return undefined;
}

export function readPlain(report: Report, entry: Entry | undefined): Json | undefined {
  return entry === undefined ? undefined : literalOf(report, entry.value);
}

export function readObject(report: Report, entry: Entry | undefined): JsonObject | undefined {
  if (entry === undefined || !isMapping(report, entry.value, `the key ${entry.key}`)) return undefined;
  const value = literalOf(report, entry.value);
  return isObject(value) ? value : undefined;
}

export function itemsOf(report: Report, entry: Entry | undefined): readonly Tree[] {
  return entry !== undefined && isList(report, entry.value, `the key ${entry.key}`) ? entry.value.items : [];
}

export function readTexts(report: Report, entry: Entry | undefined): readonly string[] {
  return itemsOf(report, entry).flatMap((item) => readText(report, item, `an item of ${entry?.key}`)?.value ?? []);
}

export function textOf(report: Report, entry: Entry | undefined): string | undefined {
  return entry === undefined ? undefined : readText(report, entry.value, `the key ${entry.key}`)?.value;
}

/** A word of a closed list, with the nearest one as suggestion. */
export function readWord<W extends string>(
  report: Report,
  tree: Tree,
  { words, what }: { readonly words: readonly W[]; readonly what: string },
): W | undefined {
  const text = readText(report, tree, what);
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text.value);
  if (found !== undefined) return found;
  const near = report.near(text.value, words);
  const rest = near === undefined ? `It is one of ${words.join(', ')}.` : `Did you mean ${near}?`;
  report.add(
    'unknown-word',
    text.range,
    `${what.charAt(0).toUpperCase()}${what.slice(1)} cannot be ${text.value}. ${rest}`,
    near,
  );
  return undefined;
}

const TYPES = Object.keys(PROBLEMS) as ProblemType[];

/** A built-in type of problem, or one of a definition's own, `app/<name>`. */
export function readProblemType(report: Report, tree: Tree): ProblemType | undefined {
  if (tree.kind === 'scalar' && typeof tree.value === 'string' && /^app\/\S+$/.test(tree.value))
    return tree.value as ProblemType;
  return readWord(report, tree, { words: TYPES, what: 'a type of problem' });
}
