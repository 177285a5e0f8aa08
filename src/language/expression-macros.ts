/** The macros that walk a list, or the field names of an object. */
import type { Node } from '../plan/expression/tree';
import type { Check, Context, Judged } from './expression-context';
import { assuming, binding, written } from './expression-context';
import { pathOf, proven } from './expression-presence';
import type { Known } from './expression-type';
import { describeType, fieldOf, isLarge } from './expression-type';

type Comprehension = Node & { readonly kind: 'comprehension' };

export function checkComprehension(node: Comprehension, context: Context, check: Check): Judged {
  const { macro } = node;
  const items = elementsOf(node, check(node.target, context).type, context);
  const inside = binding(context, node.variable, items);
  if (macro !== 'map') {
    checkCondition(node.body, inside, check, `${macro}()`);
    if (macro !== 'filter') return { type: { kind: 'boolean' } };
    return { type: { kind: 'list', items: refined(node, items, inside) } };
  }
  if (!node.filter) return { type: { kind: 'list', items: check(node.body, inside).type } };
  checkCondition(node.filter, inside, check, 'map()');
  const chosen = assuming(inside, proven(node.filter, true, inside.bindings));
  return { type: { kind: 'list', items: check(node.body, chosen).type } };
}

/** True or false is needed; anything else is told once. */
export function checkCondition(node: Node, context: Context, check: Check, where: string): Judged {
  const judged = check(node, context);
  if (judged.type.kind === 'boolean' || judged.type.kind === 'any') return judged;
  const advice = judged.type.kind === 'optional' ? ' Give it a value with .orValue(false).' : '';
  context.report(node, {
    code: 'type-mismatch',
    message: `${where} needs true or false, this is ${describeType(judged.type)}.${advice}`,
  });
  return { type: { kind: 'boolean' } };
}

function elementsOf(node: Comprehension, target: Known, context: Context): Known {
  if (target.kind === 'list') return target.items;
  if (isLarge(target))
    return context.report(node.target, {
      code: 'blob-inside',
      message: `${node.macro}() would read inside a large stored value. Only a tool opens it.`,
    });
  if (target.kind === 'object') return { kind: 'string' };
  if (target.kind === 'any' || target.kind === 'nothing') return { kind: 'any' };
  const advice = target.kind === 'optional' ? ' Give the optional a value with .orValue([]).' : '';
  return context.report(node.target, {
    code: 'type-mismatch',
    message: `${node.macro}() walks a list or an object; ${written(context, node.target)} is ${describeType(target)}.${advice}`,
  });
}

/** What a filter proves of its elements holds for the list that it gives. */
function refined(node: Comprehension, items: Known, inside: Context): Known {
  const root = pathOf({ kind: 'name', name: node.variable, start: node.start, end: node.end }, inside.bindings) ?? '';
  return requireFields(items, root, proven(node.body, true, inside.bindings));
}

function requireFields(type: Known, path: string, present: ReadonlySet<string>): Known {
  if (type.kind !== 'object' || present.size === 0) return type;
  const fields = { ...type.fields };
  for (const name of Object.keys(type.fields)) {
    const field = fieldOf(type, name);
    const place = `${path}.${JSON.stringify(name)}`;
    if (field && present.has(place))
      fields[name] = { type: requireFields(field.type, place, present), optional: false };
  }
  return { ...type, fields };
}
