/** Calls: the function exists, its arguments are as many and of the kinds that it takes. */
import { parseCelDuration, parseTimestamp } from '../plan/expression/functions-time';
import { patternFault } from '../plan/expression/pattern';
import type { Node } from '../plan/expression/tree';
import type { Check, Context, Judged } from './expression-context';
import type { Signature } from './expression-functions';
import { FUNCTION_SIGNATURES, METHOD_SIGNATURES } from './expression-functions';
import type { Known } from './expression-type';
import { describeType, isLarge, membersOf } from './expression-type';
import { nearWord } from './near-word';

export type CallNode = Node & { readonly kind: 'call' };

const MACROS = ['all', 'exists', 'exists_one', 'filter', 'map'];

export function checkCall(node: CallNode, context: Context, check: Check): Judged {
  const nodes = node.target ? [node.target, ...node.args] : node.args;
  const args = nodes.map((argument) => check(argument, context));
  const signature = signatureOf(node);
  if (!signature) return { type: reportUnknown(node, context) };
  const { takes, spare = 0, gives } = signature;
  if (nodes.length > takes.length || nodes.length < takes.length - spare)
    return { type: reportCount(node, signature, context) };
  const types = args.map(({ type }, position) =>
    checkArgument({ node, argument: nodes[position] ?? node, type, position }, signature, context),
  );
  checkElements(node, types, context);
  checkLiteral(node, args.at(-1), context);
  return { type: gives(types) };
}

function signatureOf(node: CallNode): Signature | undefined {
  const table = node.target ? METHOD_SIGNATURES : FUNCTION_SIGNATURES;
  return Object.hasOwn(table, node.name) ? table[node.name] : undefined;
}

function reportUnknown(node: CallNode, context: Context): Known {
  const { name, target, args } = node;
  const code = 'unknown-function';
  const other = target ? FUNCTION_SIGNATURES : METHOD_SIGNATURES;
  if (Object.hasOwn(other, name) || (!target && MACROS.includes(name))) {
    const [first, ...rest] = (target ? [target, ...args] : args).map(({ start, end }) =>
      context.source.slice(start, end),
    );
    const writing = target
      ? `${name}(${[first, ...rest].join(', ')})`
      : `${first ?? 'value'}.${name}(${rest.join(', ')})`;
    return context.report(node.nameSpan, { code, message: `${name} is written ${writing}.`, suggestion: writing });
  }
  const known = target ? [...Object.keys(METHOD_SIGNATURES), ...MACROS] : [...Object.keys(FUNCTION_SIGNATURES), 'has'];
  const near = nearWord(name, known);
  const meant = near === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${near}?`;
  return context.report(node.nameSpan, {
    code,
    message: `There is no function ${name}. ${meant}`,
    ...(near === undefined ? {} : { suggestion: near }),
  });
}

function reportCount(node: CallNode, { takes, spare = 0 }: Signature, context: Context): Known {
  const most = takes.length - (node.target ? 1 : 0);
  const needed = spare === 0 ? String(most) : `${most - spare} or ${most}`;
  return context.report(node, {
    code: 'type-mismatch',
    message: `${node.name}() takes ${needed} argument${most === 1 ? '' : 's'}, not ${node.args.length}.`,
  });
}

interface Argument {
  readonly node: CallNode;
  readonly argument: Node;
  readonly type: Known;
  readonly position: number;
}

function checkArgument({ node, argument, type, position }: Argument, { takes }: Signature, context: Context): Known {
  const wanted = takes[position] ?? [];
  if (membersOf(type).some(isLarge) && !(wanted.includes('optional') && wanted.length > 1))
    return context.report(argument, {
      code: 'blob-inside',
      message: `${node.name}() would read inside a large stored value. Ask for its .bytes, or pass it to a tool, which opens it.`,
    });
  if (type.kind === 'nothing' || membersOf(type).every(({ kind }) => wanted.includes(kind))) return type;
  const onlyOptional = wanted.length === 1 && wanted[0] === 'optional';
  // Data never holds an optional: only `.?` and its like make one.
  if (type.kind === 'any' && !onlyOptional) return type;
  const advice = adviceFor(node, type, onlyOptional);
  const needed = wanted.map((kind) => NAMES[kind] ?? kind);
  return context.report(argument, {
    code: 'type-mismatch',
    message: `${node.name}() takes ${needed.join(' or ')}, this is ${describeType(type)}.${advice}`,
  });
}

const NAMES: Readonly<Partial<Record<Known['kind'], string>>> = {
  string: 'text',
  number: 'a number',
  list: 'a list',
  object: 'an object',
  optional: 'an optional',
};

function adviceFor(node: CallNode, type: Known, onlyOptional: boolean): string {
  if (onlyOptional) return ' Read the field with .? instead of a dot.';
  if (type.kind === 'optional') return ' Give the optional a value with .orValue(…).';
  if (node.name === 'contains' && type.kind === 'list') return ' In a list, write element in list.';
  if (type.kind === 'list' || type.kind === 'object') return '';
  return node.target && type.kind !== 'string' ? ' Make text of it with string(…).' : '';
}

const ELEMENTS: Readonly<Record<string, readonly Known['kind'][]>> = {
  min: ['number', 'string', 'boolean', 'timestamp', 'duration'],
  max: ['number', 'string', 'boolean', 'timestamp', 'duration'],
  sum: ['number'],
  join: ['null', 'boolean', 'number', 'string', 'timestamp', 'duration', 'bytes', 'list', 'object'],
};

function checkElements(node: CallNode, [list]: readonly Known[], context: Context): void {
  const wanted = Object.hasOwn(ELEMENTS, node.name) ? ELEMENTS[node.name] : undefined;
  if (!wanted || list?.kind !== 'list') return;
  const { items } = list;
  if (membersOf(items).some(isLarge))
    context.report(node, { code: 'blob-inside', message: `${node.name}() would read inside large stored values.` });
  else if (
    items.kind !== 'any' &&
    items.kind !== 'nothing' &&
    !(node.name === 'join' ? membersOf(items) : [items]).every(({ kind }) => wanted.includes(kind))
  )
    context.report(node, {
      code: 'type-mismatch',
      message: `${node.name}() does not go with a list of ${describeType(items)}.`,
    });
}

/** Texts that must be written in a certain way, where they are literals. */
function checkLiteral(node: CallNode, last: Judged | undefined, context: Context): void {
  const at = node.args.at(-1);
  if (!at || typeof last?.constant !== 'string') return;
  if (node.name === 'matches') {
    const fault = patternFault(last.constant);
    if (fault !== undefined)
      context.report(at, { code: 'invalid-pattern', message: `This is no RE2 pattern: ${fault}.` });
  }
  if (node.name === 'timestamp' && !parseTimestamp(last.constant))
    context.report(at, {
      code: 'type-mismatch',
      message: 'This is no RFC 3339 timestamp such as "2026-01-31T08:00:00Z".',
    });
  if (node.name === 'duration' && !parseCelDuration(last.constant))
    context.report(at, { code: 'type-mismatch', message: 'This is no duration such as "90s" or "1h30m".' });
}
