/** A tree as plain data, where no expression can stand. */
import type { Json } from '../plan/json';
import { isObjectName } from './names';
import type { Report } from './report';
import type { Tree } from './tree';

export function literalOf(report: Report, tree: Tree): Json {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map((item) => literalOf(report, item));
  const fields: Record<string, Json> = {};
  for (const { key, keyRange, value } of tree.entries)
    if (isObjectName(key))
      report.add('reserved-name', keyRange, `A field cannot be called ${key}: every JavaScript object has that name.`);
    else fields[key] = literalOf(report, value);
  return fields;
}
