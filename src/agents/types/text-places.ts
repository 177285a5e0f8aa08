/** Where things stand in the text of a definition. */
import { createReport } from '../../language/report';
import type { ScalarTree, Tree } from '../../language/tree';
import { entryOf } from '../../language/tree';
import { parseTree } from '../../language/yaml-tree';

/** From 1, both. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface NamedScalar {
  /** Keys and positions above it; the last is its own. */
  readonly path: readonly string[];
  readonly scalar: ScalarTree;
}

export interface TextPlaces {
  readonly at: (offset: number) => Place;
  /** Every value that is no list and no mapping, in the order of the text. */
  readonly scalars: readonly NamedScalar[];
  /** Of a step, by its name; else the beginning. */
  step(name: string): Place;
  /** Of a key under keys of the definition: `trigger`, `payload`, `email`; else the beginning. */
  key(...path: readonly string[]): Place;
}

/** Of a text that is no YAML nothing is known but its beginning. */
export function textPlaces(text: string): TextPlaces {
  const tree = parseTree(createReport({ text, file: '' }));
  const at = (offset: number): Place => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };
  const scalars = tree === undefined ? [] : [...scalarsIn(tree, [])];
  return {
    at,
    scalars,
    step(name) {
      const found = scalars.find(({ path, scalar }) => path.at(-1) === 'name' && scalar.value === name);
      return at(found?.scalar.range.start ?? 0);
    },
    key(...path) {
      let inner: Tree | undefined = tree;
      let offset = 0;
      for (const key of path) {
        const entry = entryOf(inner, key) ?? entryOf(inner, `${key}?`);
        if (entry === undefined) break;
        offset = entry.keyRange.start;
        inner = entry.value;
      }
      return at(offset);
    },
  };
}

function* scalarsIn(tree: Tree, path: readonly string[]): Generator<NamedScalar> {
  if (tree.kind === 'scalar') yield { path, scalar: tree };
  else if (tree.kind === 'list')
    for (const [index, item] of tree.items.entries()) yield* scalarsIn(item, [...path, String(index)]);
  else for (const { key, value } of tree.entries) yield* scalarsIn(value, [...path, key]);
}
