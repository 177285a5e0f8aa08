/** Which operands an operator takes, and what it gives. */
import type { BinaryOperator, Node } from '../plan/expression/tree';
import type { Context, Judged } from './expression-context';
import type { Known } from './expression-type';
import { describeType, isLarge, join, membersOf } from './expression-type';
import { nearWord } from './near-word';

export type Binary = Node & { readonly kind: 'binary' };

interface Operands {
  readonly left: Judged;
  readonly right: Judged;
}

export function checkOperator(node: Binary, operands: Operands, context: Context): Known {
  switch (node.operator) {
    case '==':
    case '!=':
      return checkEquality(node, operands, context);
    case 'in':
      return checkIn(node, operands, context);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return checkOrder(node, operands, context);
    case '&&':
    case '||':
      return { kind: 'boolean' };
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return checkArithmetic(node, operands, context);
  }
}

const ORDERED: ReadonlySet<string> = new Set(['number', 'string', 'boolean', 'timestamp', 'duration']);

function isAny({ kind }: Known): boolean {
  return kind === 'any' || kind === 'nothing';
}

function mismatch(node: Binary, { left, right }: Operands, context: Context): Known {
  if (isLarge(left.type) || isLarge(right.type))
    return context.report(node, {
      code: 'blob-inside',
      message: `"${node.operator}" would read inside a large stored value. Only a tool opens it.`,
    });
  const advice = adviceFor(node.operator, left.type, right.type);
  return context.report(node, {
    code: 'type-mismatch',
    message: `"${node.operator}" does not go with ${describeType(left.type)} and ${describeType(right.type)}.${advice}`,
  });
}

function adviceFor(operator: BinaryOperator, left: Known, right: Known): string {
  if (left.kind === 'optional' || right.kind === 'optional') return ' Give the optional a value with .orValue(…).';
  if (left.kind === 'mixed' || right.kind === 'mixed')
    return ' Bring it to one kind first, for example with string(…).';
  if (operator === '+' && (left.kind === 'string' || right.kind === 'string'))
    return ' Make text of the other side with string(…).';
  if (operator === 'in' && right.kind === 'string') return ' In text, use contains(…).';
  return '';
}

function checkOrder(node: Binary, operands: Operands, context: Context): Known {
  const [left, right] = [operands.left.type, operands.right.type];
  const fits = (isAny(left) || ORDERED.has(left.kind)) && (isAny(right) || ORDERED.has(right.kind));
  if (!fits || (left.kind !== right.kind && !isAny(left) && !isAny(right))) return mismatch(node, operands, context);
  return { kind: 'boolean' };
}

const SUMS: Readonly<Record<string, Known>> = {
  'timestamp + duration': { kind: 'timestamp' },
  'duration + timestamp': { kind: 'timestamp' },
  'duration + duration': { kind: 'duration' },
  'bytes + bytes': { kind: 'bytes' },
  'string + string': { kind: 'string' },
  'timestamp - timestamp': { kind: 'duration' },
  'timestamp - duration': { kind: 'timestamp' },
  'duration - duration': { kind: 'duration' },
};

function checkArithmetic(node: Binary, operands: Operands, context: Context): Known {
  const [left, right] = [operands.left.type, operands.right.type];
  const { operator } = node;
  if (left.kind === 'number' && right.kind === 'number')
    return left.integer && right.integer && operator !== '/' ? { kind: 'number', integer: true } : { kind: 'number' };
  if (operator === '+' && left.kind === 'list' && right.kind === 'list') return join(left, right);
  const sum = SUMS[`${left.kind} ${operator} ${right.kind}`];
  if (sum) return sum;
  if (!isAny(left) && !isAny(right)) return mismatch(node, operands, context);
  return checkHalfKnown(node, operands, context);
}

/** One side is of any type: the other must at least go with the operator. */
function checkHalfKnown(node: Binary, operands: Operands, context: Context): Known {
  const known = isAny(operands.left.type) ? operands.right.type : operands.left.type;
  if (isAny(known)) return { kind: 'any' };
  if (known.kind === 'number') return { kind: 'number' };
  if (node.operator === '+' && (known.kind === 'string' || known.kind === 'bytes'))
    return known.kind === 'string' ? { kind: 'string' } : known;
  if (node.operator === '+' && known.kind === 'list') return { kind: 'list', items: { kind: 'any' } };
  if ((node.operator === '+' || node.operator === '-') && (known.kind === 'timestamp' || known.kind === 'duration'))
    return { kind: 'any' };
  return mismatch(node, operands, context);
}

function checkEquality(node: Binary, operands: Operands, context: Context): Known {
  const boolean: Known = { kind: 'boolean' };
  const [left, right] = [operands.left.type, operands.right.type];
  const word = oddWord(node, operands);
  if (word) return reportWord(word, context);
  if (canEqual(left, right)) return boolean;
  if (left.kind === 'optional' || right.kind === 'optional' || isLarge(left) || isLarge(right))
    return mismatch(node, operands, context);
  const advice =
    left.kind === 'null' || right.kind === 'null' ? ' An absent field is not null: test it with has(…).' : '';
  return context.report(node, {
    code: 'type-mismatch',
    message: `${describeType(left)} never equals ${describeType(right)}.${advice}`,
  });
}

/** Whether any value is of both types; what is not known for sure can. */
function canEqual(a: Known, b: Known): boolean {
  if (isAny(a) || isAny(b)) return true;
  if (a.kind === 'mixed' || b.kind === 'mixed')
    return membersOf(a).every((one) => membersOf(b).every((other) => comparable(one, other)));
  if (a.kind !== b.kind || isLarge(a) !== isLarge(b)) return false;
  if (a.kind === 'list' && b.kind === 'list') return canEqual(a.items, b.items);
  if (a.kind === 'optional' && b.kind === 'optional') return canEqual(a.of, b.of);
  return true;
}

/** Different kinds are just not equal, but optionals and large values must not be compared with other kinds at all. */
function comparable(a: Known, b: Known): boolean {
  const odd = (type: Known): boolean => type.kind === 'optional' || isLarge(type);
  return canEqual(a, b) || (!odd(a) && !odd(b));
}

interface OddWord {
  readonly node: Node;
  readonly word: string;
  readonly words: readonly string[];
}

/** A word, or an enumeration, on one side that the enumeration on the other side does not have. */
function oddWord(node: Binary, { left, right }: Operands): OddWord | undefined {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  if (!a || !b || a.some((word) => b.includes(word))) return undefined;
  // The side that is written as a literal is the one to correct.
  const literalLeft = node.left.kind === 'literal';
  return {
    node: literalLeft ? node.left : node.right,
    word: (literalLeft ? a : b)[0] ?? '',
    words: literalLeft ? b : a,
  };
}

function wordsOf({ type, constant }: Judged): readonly string[] | undefined {
  if (typeof constant === 'string') return [constant];
  return type.kind === 'string' ? type.enum : undefined;
}

function reportWord({ node, word, words }: OddWord, context: Context): Known {
  const near = nearWord(word, words);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return context.report(node, {
    code: 'unknown-word',
    message: `"${word}" is none of ${words.map((known) => `"${known}"`).join(', ')}, so this never holds.${meant}`,
    ...(near === undefined ? {} : { suggestion: JSON.stringify(near) }),
  });
}

function checkIn(node: Binary, operands: Operands, context: Context): Known {
  const { left, right } = operands;
  const holder = right.type;
  if (holder.kind === 'list') return checkInList(node, operands, holder.items, context);
  if (isAny(holder)) return { kind: 'boolean' };
  if (holder.kind !== 'object' || isLarge(holder) || (left.type.kind !== 'string' && !isAny(left.type)))
    return mismatch(node, operands, context);
  const name = left.constant;
  if (typeof name !== 'string' || holder.open || Object.hasOwn(holder.fields, name)) return { kind: 'boolean' };
  const near = nearWord(name, Object.keys(holder.fields));
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return context.report(node.left, {
    code: 'unknown-field',
    message: `The object has no field ${name}.${meant}`,
    ...(near === undefined ? {} : { suggestion: JSON.stringify(near) }),
  });
}

function checkInList(node: Binary, { left, right }: Operands, items: Known, context: Context): Known {
  const words = wordsOf(left);
  if (words && node.right.kind === 'list')
    for (const item of node.right.items)
      if (item.kind === 'literal' && typeof item.value === 'string' && !words.includes(item.value))
        reportWord({ node: item, word: item.value, words }, context);
  if (
    words &&
    node.right.kind !== 'list' &&
    items.kind === 'string' &&
    items.enum &&
    !items.enum.some((word) => words.includes(word))
  )
    return reportWord({ node: node.left, word: words[0] ?? '', words: items.enum }, context);
  if (canEqual(left.type, items)) return { kind: 'boolean' };
  if (isLarge(left.type) || isLarge(items) || left.type.kind === 'optional')
    return mismatch(node, { left, right }, context);
  return context.report(node, {
    code: 'type-mismatch',
    message: `${describeType(left.type)} is never in a list of ${describeType(items)}.`,
  });
}
