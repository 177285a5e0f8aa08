/** The values of a YAML text with their positions, after aliases are expanded: what the rest of the compiler reads. */
import type { Range } from './report';

export type Tree = MapTree | ListTree | ScalarTree;

export interface MapTree {
  readonly kind: 'map';
  readonly range: Range;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: Tree;
}

export interface ListTree {
  readonly kind: 'list';
  readonly range: Range;
  readonly items: readonly Tree[];
}

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly range: Range;
  readonly value: string | number | boolean | null;
  /** The text as written (without quotes); `1.10` where the value is 1.1. */
  readonly written: string;
  /** Written without quotes. */
  readonly plain: boolean;
  /** Offset of the value's first character in the text when the value stands there letter by letter; else `undefined`. */
  readonly textStart: number | undefined;
}

export function entryOf(tree: Tree | undefined, key: string): Entry | undefined {
  return tree?.kind === 'map' ? tree.entries.find((entry) => entry.key === key) : undefined;
}

/** Position of characters `offset` to `offset + length` of a scalar's value; the whole scalar where escapes or folding stand between. */
export function rangeWithin(scalar: ScalarTree, offset: number, length: number): Range {
  if (scalar.textStart === undefined) return scalar.range;
  const start = scalar.textStart + offset;
  return { start, end: start + Math.max(1, length) };
}

/** `a list`, `the text "abc"`: how a message names what it found. */
export function describe(tree: Tree): string {
  if (tree.kind === 'map') return 'a mapping';
  if (tree.kind === 'list') return 'a list';
  if (tree.value === null) return 'nothing';
  if (typeof tree.value === 'string')
    return `the text "${tree.value.length > 40 ? `${tree.value.slice(0, 37)}...` : tree.value}"`;
  return `${tree.written}`;
}
