/** What a condition proves: paths that are there when it is true, or when it is false. */
import type { Node } from '../plan/expression/tree';

/** Canonical text of a path: the same for `a.b`, `a.?b` and `a["b"]`. */
export type Path = string;

/** Macro variables in scope, with a number that tells two of one name apart. */
export type Bindings = ReadonlyMap<string, number>;

/** Undefined where the node is no path of names and literal fields. */
export function pathOf(node: Node, bindings: Bindings): Path | undefined {
  if (node.kind === 'name') {
    const binding = bindings.get(node.name);
    return binding === undefined ? JSON.stringify(node.name) : String(binding);
  }
  const name = fieldName(node);
  const target =
    name === undefined || (node.kind !== 'field' && node.kind !== 'index') ? undefined : pathOf(node.target, bindings);
  return target === undefined ? undefined : `${target}.${JSON.stringify(name)}`;
}

/** `x` of `a.x`, `a.?x`, `a["x"]`. */
export function fieldName(node: Node): string | undefined {
  if (node.kind === 'field') return node.name;
  if (node.kind === 'index' && node.index.kind === 'literal' && typeof node.index.value === 'string')
    return node.index.value;
  return undefined;
}

export const NONE: ReadonlySet<Path> = new Set();

/** Paths that are certainly there when `node` gave `outcome`. */
export function proven(node: Node, outcome: boolean, bindings: Bindings): ReadonlySet<Path> {
  if (node.kind === 'has') return outcome ? prefixes(node.path, bindings) : NONE;
  if (node.kind === 'call' && node.name === 'hasValue' && node.target)
    return outcome ? prefixes(node.target, bindings) : NONE;
  if (node.kind === 'not') return proven(node.operand, !outcome, bindings);
  if (node.kind !== 'binary' || (node.operator !== '&&' && node.operator !== '||')) return NONE;
  const [left, right] = [proven(node.left, outcome, bindings), proven(node.right, outcome, bindings)];
  // `a && b` is true when both are; it is false when either is.
  if ((node.operator === '&&') === outcome) return union(left, right);
  return new Set([...left].filter((path) => right.has(path)));
}

/** The path and all before it: none of them can be absent when the last is there. */
function prefixes(node: Node, bindings: Bindings): ReadonlySet<Path> {
  const found = new Set<Path>();
  for (let place = node; ; place = place.target) {
    const path = pathOf(place, bindings);
    if (path !== undefined) found.add(path);
    if (place.kind !== 'field' && place.kind !== 'index') return found;
  }
}

export function union(a: ReadonlySet<Path>, b: ReadonlySet<Path>): ReadonlySet<Path> {
  return b.size === 0 ? a : new Set([...a, ...b]);
}

/** What is left when the root has become another one. */
export function without(paths: ReadonlySet<Path>, root: string): ReadonlySet<Path> {
  const start = JSON.stringify(root);
  return new Set([...paths].filter((path) => path !== start && !path.startsWith(`${start}.`)));
}
