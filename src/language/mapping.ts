/** Reads mappings strictly: every key is in the table, every required key is there, every value has its shape. */
import type { Report } from './report';
import type { Entry, ListTree, MapTree, ScalarTree, Tree } from './tree';
import { describe } from './tree';
import type { Words } from './vocabulary';

/** The entries of a mapping by key. What is not in `words` has been reported and is left out. */
export type Fields<W extends Words> = { readonly [K in keyof W]?: Entry };

/** `what` names the mapping in messages: "a retry rule". */
export function readFields<W extends Words>(report: Report, tree: Tree, words: W, what: string): Fields<W> | undefined {
  if (!isMapping(report, tree, what)) return undefined;
  const fields: Partial<Record<string, Entry>> = {};
  for (const entry of tree.entries) if (isKnown(report, entry, words, what)) fields[entry.key] = entry;
  for (const key of requiredIn(words))
    if (!tree.entries.some((entry) => entry.key === key))
      report.add(
        'missing-key',
        headOf(tree),
        `${capital(what)} needs the key ${key}. ${words[key]?.description ?? ''}`,
      );
  return fields;
}

const requiredKeys = new WeakMap<Words, readonly string[]>();

/** Kept: a long definition asks a thousand times for the same table. */
function requiredIn(words: Words): readonly string[] {
  const ready = requiredKeys.get(words);
  if (ready !== undefined) return ready;
  const keys = Object.keys(words).filter((key) => words[key]?.required === true);
  requiredKeys.set(words, keys);
  return keys;
}

function isKnown(report: Report, entry: Entry, words: Words, what: string): boolean {
  if (Object.hasOwn(words, entry.key)) return true;
  reportUnknownKey(report, entry, Object.keys(words), what);
  return false;
}

export function reportUnknownKey(report: Report, entry: Entry, known: readonly string[], what: string): void {
  const near = report.near(entry.key, known);
  const rest = near === undefined ? `It may have: ${known.join(', ')}.` : `Did you mean ${near}?`;
  report.add('unknown-key', entry.keyRange, `${capital(what)} has no key ${entry.key}. ${rest}`, near);
}

/** The position that stands for a mapping: its first key. */
export function headOf(tree: MapTree): { readonly start: number; readonly end: number } {
  return tree.entries[0]?.keyRange ?? { start: tree.range.start, end: tree.range.start + 1 };
}

export function isMapping(report: Report, tree: Tree, what: string): tree is MapTree {
  if (tree.kind === 'map') return true;
  report.add('wrong-shape', tree.range, `${capital(what)} is a mapping of keys and values; this is ${describe(tree)}.`);
  return false;
}

export function isList(report: Report, tree: Tree, what: string): tree is ListTree {
  if (tree.kind === 'list') return true;
  report.add('wrong-shape', tree.range, `${capital(what)} is a list; this is ${describe(tree)}.`);
  return false;
}

/** Text as it stands. A number or `true` written without quotes is not text. */
export function readText(
  report: Report,
  tree: Tree,
  what: string,
): (ScalarTree & { readonly value: string }) | undefined {
  if (tree.kind === 'scalar' && typeof tree.value === 'string') return tree as ScalarTree & { readonly value: string };
  const quoted = tree.kind === 'scalar' && tree.value !== null ? `"${tree.written}"` : undefined;
  report.add('wrong-shape', tree.range, `${capital(what)} is text; this is ${describe(tree)}.`, quoted);
  return undefined;
}

/** Text that holds no expression, because it is needed before anything runs. */
export function readLiteral(
  report: Report,
  tree: Tree,
  what: string,
): (ScalarTree & { readonly value: string }) | undefined {
  const scalar = readText(report, tree, what);
  if (scalar === undefined || !scalar.value.includes('${')) return scalar;
  report.add(
    'wrong-shape',
    scalar.range,
    `${capital(what)} is read when the definition is compiled, so it cannot hold an expression.`,
  );
  return undefined;
}

export interface Bounds {
  readonly minimum?: number;
  readonly above?: number;
  readonly maximum?: number;
  readonly integer?: boolean;
}

export function readNumber(report: Report, tree: Tree, what: string, bounds: Bounds = {}): number | undefined {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'number') {
    report.add('wrong-shape', tree.range, `${capital(what)} is a number; this is ${describe(tree)}.`);
    return undefined;
  }
  const { value } = tree;
  const { minimum, above, maximum, integer } = bounds;
  const wrong =
    integer === true && !Number.isInteger(value)
      ? 'a whole number'
      : minimum !== undefined && value < minimum
        ? `at least ${minimum}`
        : above !== undefined && value <= above
          ? `above ${above}`
          : maximum !== undefined && value > maximum
            ? `at most ${maximum}`
            : undefined;
  if (wrong === undefined) return value;
  report.add('out-of-range', tree.range, `${capital(what)} is ${wrong}; this is ${tree.written}.`);
  return undefined;
}

export function readBoolean(report: Report, tree: Tree, what: string): boolean | undefined {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
  report.add('wrong-shape', tree.range, `${capital(what)} is true or false; this is ${describe(tree)}.`);
  return undefined;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
