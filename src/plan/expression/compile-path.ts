/** Names, fields and places: the parts of an expression that may be absent. */
import { readField, readIndex } from './access';
import { fail } from './fault';
import type { Compile, PathCode, Surroundings } from './surroundings';
import { excerpt } from './surroundings';
import type { Node } from './tree';
import { Optional, isList } from './value';

export type PathNode = Node & { readonly kind: 'name' | 'field' | 'index' };

export function isPath(node: Node): node is PathNode {
  return node.kind === 'name' || node.kind === 'field' || node.kind === 'index';
}

/** Undefined when the last field is absent; a missing field before it is a fault of its own. */
export function compilePath(node: PathNode, around: Surroundings, compile: Compile): PathCode {
  if (node.kind === 'name') return compileName(node.name, around);
  const target = compile(node.target, around);
  const what = excerpt(around.source, node.target);
  const { optional } = node;
  if (node.kind === 'field') {
    const { name } = node;
    return (run) => {
      run.meter.step();
      const value = readField(target(run), name, what);
      return optional && !(value instanceof Optional) ? Optional.of(value) : value;
    };
  }
  const index = compile(node.index, around);
  return (run) => {
    run.meter.step();
    const holder = target(run);
    const value = readIndex(holder, index(run), what);
    if (optional) return value instanceof Optional ? value : Optional.of(value);
    return value === undefined && isList(holder)
      ? fail(`${what} has no element at this position; use [?…] or test size() first`)
      : value;
  };
}

/** `has(path)`: whether every part of the path is there. */
export function compilePresence(node: Node, around: Surroundings, compile: Compile): PathCode {
  if (!isPath(node)) return compile(node, around);
  if (node.kind === 'name') return compileName(node.name, around);
  const target = compilePresence(node.target, around, compile);
  const what = excerpt(around.source, node.target);
  const read: PathCode = node.kind === 'field' ? () => node.name : compile(node.index, around);
  return (run) => {
    run.meter.step();
    const holder = target(run);
    if (holder === undefined) return undefined;
    const value = readIndex(holder, read(run) ?? null, what);
    return value instanceof Optional ? value.value : value;
  };
}

function compileName(name: string, { variables }: Surroundings): PathCode {
  const slot = variables.lastIndexOf(name);
  if (slot >= 0)
    return (run) => {
      run.meter.step();
      return run.locals[slot];
    };
  return (run) => {
    run.meter.step();
    const { roots } = run.scope;
    return Object.hasOwn(roots, name) ? roots[name] : fail(`the name ${name} is unknown`);
  };
}
