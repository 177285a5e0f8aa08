/** Names, fields and places: what is there, what may be absent, what does not exist. */
import type { Node, Span } from '../plan/expression/tree';
import type { Check, Context } from './expression-context';
import { written } from './expression-context';
import { fieldName, pathOf } from './expression-presence';
import type { Known } from './expression-type';
import { describeType, fieldOf, isLarge } from './expression-type';
import { nearWord } from './near-word';

export type PathNode = Node & { readonly kind: 'name' | 'field' | 'index' };

export interface PathType {
  readonly type: Known;
  readonly absent: boolean;
}

export function isPath(node: Node): node is PathNode {
  return node.kind === 'name' || node.kind === 'field' || node.kind === 'index';
}

/** The path's type, and whether its last field may be absent; what stands before that must be there. */
export function checkPath(node: PathNode, context: Context, check: Check): PathType {
  const found =
    node.kind === 'name'
      ? checkName(node, context)
      : checkAccess(node, context, check(node.target, context).type, check);
  const path = pathOf(node, context.bindings);
  return path !== undefined && context.present.has(path) ? { ...found, absent: false } : found;
}

/** A path used as a value: reports where it may be absent. */
export function checkPresent(node: PathNode, context: Context, check: Check): Known {
  const { type, absent } = checkPath(node, context, check);
  if (!absent) return type;
  const at = nameSpan(node);
  const guard = safeWriting(node, context);
  context.report(at, {
    code: 'maybe-absent',
    message: `${written(context, at)} may be absent here. Read it with .? and .orValue(…), or test it with has(…) first.`,
    ...(guard === undefined ? {} : { suggestion: guard }),
  });
  return type;
}

/** Inside `has(…)` nothing needs to be there, but everything needs to exist. */
export function checkPresence(node: Node, context: Context, check: Check): Known {
  if (!isPath(node)) return check(node, context).type;
  if (node.kind === 'name') return checkName(node, context).type;
  return checkAccess(node, context, checkPresence(node.target, context, check), check).type;
}

function checkName(node: Node & { readonly kind: 'name' }, context: Context): PathType {
  const { name } = node;
  const variable = context.variables.get(name);
  if (variable) return { type: variable, absent: false };
  const root = Object.hasOwn(context.roots, name) ? context.roots[name] : undefined;
  if (root) return { type: root.type, absent: root.optional };
  const names = [...context.variables.keys(), ...Object.keys(context.roots)];
  const near = nearWord(name, names);
  const meant =
    near === undefined ? `Known here: ${names.slice(0, 12).join(', ') || 'nothing'}.` : `Did you mean ${near}?`;
  const type = context.report(node, {
    code: 'unknown-root',
    message: `The name ${name} is unknown. ${meant}`,
    ...(near === undefined ? {} : { suggestion: near }),
  });
  return { type, absent: false };
}

type AccessNode = Node & { readonly kind: 'field' | 'index' };

function checkAccess(node: AccessNode, context: Context, target: Known, check: Check): PathType {
  const inside = target.kind === 'optional' ? target.of : target;
  const found =
    node.kind === 'index' ? checkIndex(node, context, inside, check) : checkField(node, context, inside, node.name);
  // Once optional, the rest of the path is.
  if (node.optional || target.kind === 'optional') return { type: optionalOf(found.type), absent: false };
  return found;
}

function optionalOf(type: Known): Known {
  return type.kind === 'optional' ? type : { kind: 'optional', of: type };
}

function checkIndex(node: Node & { readonly kind: 'index' }, context: Context, target: Known, check: Check): PathType {
  const name = fieldName(node);
  if (name !== undefined && target.kind !== 'list') return checkField(node, context, target, name);
  const index = check(node.index, context);
  const needed = target.kind === 'list' ? 'number' : 'string';
  if (target.kind === 'any' || target.kind === 'nothing') return { type: { kind: 'any' }, absent: false };
  if (target.kind !== 'list' && target.kind !== 'object')
    return { type: noFields(node, context, target), absent: false };
  if (index.type.kind !== needed && index.type.kind !== 'any')
    return {
      type: context.report(node.index, {
        code: 'type-mismatch',
        message: `${target.kind === 'list' ? 'A position in a list is a number' : 'The name of a field is text'}, this is ${describeType(index.type)}.`,
      }),
      absent: false,
    };
  if (target.kind === 'object')
    return { type: isLarge(target) ? insideLarge(node, context) : { kind: 'any' }, absent: false };
  if (typeof index.constant === 'number' && (!Number.isInteger(index.constant) || index.constant < 0))
    return {
      type: context.report(node.index, {
        code: 'type-mismatch',
        message: 'A position in a list is a whole number from 0. For the last element write list[size(list) - 1].',
      }),
      absent: false,
    };
  return { type: target.items, absent: false };
}

function checkField(node: AccessNode, context: Context, target: Known, name: string): PathType {
  if (target.kind === 'any' || target.kind === 'nothing') return { type: { kind: 'any' }, absent: false };
  if (target.kind !== 'object') return { type: noFields(node, context, target), absent: false };
  if (isLarge(target) && name !== 'bytes' && name !== 'mediaType')
    return { type: insideLarge(node, context), absent: false };
  const field = fieldOf(target, name);
  if (field) return { type: field.type, absent: field.optional };
  if (target.open) return { type: { kind: 'any' }, absent: false };
  const near = nearWord(name, Object.keys(target.fields));
  const names = Object.keys(target.fields).slice(0, 12).join(', ');
  const meant = near === undefined ? (names ? `It has ${names}.` : 'It has no fields.') : `Did you mean ${near}?`;
  const type = context.report(nameSpan(node), {
    code: 'unknown-field',
    message: `${shown(node.target, context)} has no field ${name}. ${meant}`,
    ...(near === undefined ? {} : { suggestion: near }),
  });
  return { type, absent: false };
}

function noFields(node: AccessNode, context: Context, target: Known): Known {
  const advice = target.kind === 'list' ? ' Take an element with [0], or walk it with map, filter, all or exists.' : '';
  return context.report(nameSpan(node), {
    code: 'type-mismatch',
    message: `${shown(node.target, context)} is ${describeType(target)}, which has no fields.${advice}`,
  });
}

function insideLarge(node: AccessNode, context: Context): Known {
  return context.report(nameSpan(node), {
    code: 'blob-inside',
    message: `${shown(node.target, context)} is a large stored value: only its .bytes and .mediaType can be read. Pass it to a tool, which opens it.`,
  });
}

function shown(node: Node, context: Context): string {
  const text = written(context, node).replace(/\s+/g, ' ');
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** Where a finding about the last part of a path points. */
export function nameSpan(node: PathNode): Span {
  if (node.kind === 'field') return node.nameSpan;
  return node.kind === 'index' ? node.index : node;
}

/** The path with `.?` before the part that may be absent. */
function safeWriting(node: PathNode, context: Context): string | undefined {
  if (node.kind === 'name') return undefined;
  const target = shown(node.target, context);
  return `${target}${node.kind === 'field' ? `.?${node.name}` : `[?${written(context, node.index)}]`}.orValue(…)`;
}
