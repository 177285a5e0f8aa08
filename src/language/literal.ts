/** A tree as plain data, where no expression can stand. */
import type { Json } from '../plan/json';
import { isObjectName } from './names';
import type { Report } from './report';
import { readParts } from './template-syntax';
import type { ScalarTree, Tree } from './tree';

export function literalOf(report: Report, tree: Tree): Json {
  return dataOf(report, tree, ({ value }) => value);
}

/** The same where `$${` stands for `${`, as in every value of a step, and an expression is a fault: `why` says what for. */
export function fixedOf(report: Report, tree: Tree, why: string): Json {
  return dataOf(report, tree, ({ value, range }) => {
    if (typeof value !== 'string') return value;
    const { parts, unterminated } = readParts(value);
    if (unterminated === undefined && parts.every(({ kind }) => kind === 'text'))
      return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    report.add('wrong-shape', range, why);
    return value;
  });
}

function dataOf(report: Report, tree: Tree, scalar: (tree: ScalarTree) => Json): Json {
  if (tree.kind === 'scalar') return scalar(tree);
  if (tree.kind === 'list') return tree.items.map((item) => dataOf(report, item, scalar));
  const fields: Record<string, Json> = {};
  for (const { key, keyRange, value } of tree.entries)
    if (isObjectName(key))
      report.add('reserved-name', keyRange, `A field cannot be called ${key}: every JavaScript object has that name.`);
    else fields[key] = dataOf(report, value, scalar);
  return fields;
}
