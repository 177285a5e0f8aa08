/** The type checker of expressions: walks the tree once and tells everything that is wrong with it. */
import { SyntaxFault, parseExpression } from '../plan/expression/syntax';
import type { Node } from '../plan/expression/tree';
import { put } from '../plan/expression/value';
import { canonical } from '../plan/json';
import type { Json } from '../plan/json';
import { checkCall } from './expression-calls';
import { fold, isClosed } from './expression-constant';
import type { Context, ExpressionFinding, Judged } from './expression-context';
import { assuming, binding } from './expression-context';
import { checkComprehension, checkCondition } from './expression-macros';
import { checkOperator } from './expression-operators';
import { checkPath, checkPresence, checkPresent, isPath } from './expression-path';
import type { Path } from './expression-presence';
import { NONE, proven } from './expression-presence';
import type { Known, KnownField } from './expression-type';
import { NOTHING, WHOLE, bounded, describeType, join, toType } from './expression-type';
import { flowing } from './personal-data';
import type { Field, Type } from './type';

export type { ExpressionCode, ExpressionFinding } from './expression-context';
export { EXPRESSION_CODES } from './expression-context';

/** What names stand for at the place of the expression. */
export interface TypeEnvironment {
  readonly roots: Readonly<Record<string, Field>>;
  /** Paths that are there, as `proven` says them. */
  readonly present?: ReadonlySet<Path>;
}

export interface ExpressionCheck {
  /** `any` where the expression is faulty. */
  readonly type: Type;
  /** The value may be absent: the expression is a path that ends in an optional field, or an optional. */
  readonly optional: boolean;
  /** The only value it can have, where literals and enumerations decide it. */
  readonly constant?: Json;
  /** Kinds of personal data that are in its value. */
  readonly personal: ReadonlySet<string>;
  readonly findings: readonly ExpressionFinding[];
}

/** Checks one expression (the text inside `${ … }`). Never throws; syntax faults are findings. */
export function checkExpression(source: string, environment: TypeEnvironment): ExpressionCheck {
  const findings = new Map<string, ExpressionFinding>();
  let tree: Node;
  try {
    tree = parseExpression(source);
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    const { start, end } = error.span;
    const finding = {
      offset: start,
      length: Math.max(1, end - start),
      code: error.code,
      message: sentence(error.message),
    };
    return { type: { kind: 'any' }, optional: false, personal: new Set(), findings: [finding] };
  }
  let bindings = 0;
  let faults = 0;
  const context: Context = {
    source,
    roots: environment.roots,
    variables: new Map(),
    bindings: new Map(),
    present: environment.present ?? NONE,
    folding: false,
    types: new Map(),
    nextBinding: () => ++bindings,
    faults: () => faults,
    report: ({ start, end }, finding) => {
      faults++;
      const key = `${start} ${finding.code}`;
      if (!findings.has(key))
        findings.set(key, {
          offset: start,
          length: Math.max(1, end - start),
          ...finding,
          message: sentence(finding.message),
        });
      return { kind: 'any' };
    },
  };
  const whole = checkWhole(tree, context);
  const type = toType(whole.type);
  if ('obstacle' in type)
    context.report(tree, { code: 'type-mismatch', message: `The value cannot become JSON: ${type.obstacle}.` });
  const ordered = [...findings.values()].sort((a, b) => a.offset - b.offset);
  return {
    type: 'obstacle' in type ? { kind: 'any' } : type,
    optional: whole.optional,
    personal: flowing(tree, context.types),
    ...(whole.constant === undefined || ordered.length > 0 ? {} : { constant: whole.constant }),
    findings: ordered,
  };
}

function checkWhole(tree: Node, context: Context): Judged & { readonly optional: boolean } {
  if (isPath(tree)) {
    const { type, absent } = checkPath(tree, context, check);
    context.types.set(tree, type);
    if (type.kind === 'optional') return { type: type.of, optional: true };
    return { ...(absent ? { type } : withWord(type)), optional: absent };
  }
  const judged = check(tree, context);
  return judged.type.kind === 'optional' ? { type: judged.type.of, optional: true } : { ...judged, optional: false };
}

/** A place whose value is used: it must be there. */
function check(node: Node, context: Context): Judged {
  const judged = checkNode(node, context);
  context.types.set(node, judged.type);
  return judged;
}

function checkNode(node: Node, context: Context): Judged {
  if (context.folding || node.kind === 'literal' || !isClosed(node)) return judge(node, context);
  const before = context.faults();
  const { type } = judge(node, { ...context, folding: true });
  const { value, fault } = fold(node, context.source);
  if (fault !== undefined && context.faults() === before)
    context.report(node, { code: 'type-mismatch', message: `This fails whenever it runs: ${fault}.` });
  return value === undefined ? { type } : { type, constant: value };
}

function judge(node: Node, context: Context): Judged {
  switch (node.kind) {
    case 'literal':
      return literal(node);
    case 'name':
    case 'field':
    case 'index':
      return withWord(checkPresent(node, context, check));
    case 'list': {
      const items = node.items.map((item) => check(item, context).type).reduce(join, NOTHING);
      return { type: bounded({ kind: 'list', items }) };
    }
    case 'map':
      return { type: mapType(node, context) };
    case 'not': {
      const { constant } = checkCondition(node.operand, context, check, '"!"');
      return { type: { kind: 'boolean' }, ...(typeof constant === 'boolean' ? { constant: !constant } : {}) };
    }
    case 'negate': {
      const { type } = check(node.operand, context);
      if (type.kind === 'number' || type.kind === 'any')
        return { type: type.kind === 'any' ? { kind: 'number' } : type };
      return {
        type: context.report(node, { code: 'type-mismatch', message: `"-" does not go with ${describeType(type)}.` }),
      };
    }
    case 'binary':
      return binary(node, context);
    case 'conditional':
      return conditional(node, context);
    case 'has':
      checkPresence(node.path, context, check);
      return { type: { kind: 'boolean' } };
    case 'comprehension':
      return checkComprehension(node, context, check);
    case 'bind':
      return { type: check(node.body, binding(context, node.variable, check(node.value, context).type)).type };
    case 'optional-of':
      return { type: { kind: 'optional', of: check(node.value, context).type } };
    case 'optional-none':
      return { type: { kind: 'optional', of: NOTHING } };
    case 'call':
      return checkCall(node, context, check);
  }
}

function literal({ value }: Node & { readonly kind: 'literal' }): Judged {
  if (value === null) return { type: { kind: 'null' }, constant: null };
  if (typeof value === 'string') return { type: { kind: 'string' }, constant: value };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? WHOLE : { kind: 'number' }, constant: value };
  return typeof value === 'boolean' ? { type: { kind: 'boolean' }, constant: value } : { type: { kind: 'bytes' } };
}

/** An enumeration of one word has one value. */
function withWord(type: Known): Judged {
  const [word, ...more] = type.kind === 'string' ? (type.enum ?? []) : [];
  return word === undefined || more.length > 0 ? { type } : { type, constant: word };
}

function mapType(node: Node & { readonly kind: 'map' }, context: Context): Known {
  const fields: Record<string, KnownField> = {};
  let open = false;
  for (const { key, value } of node.entries) {
    const name = check(key, context);
    const type = check(value, context).type;
    if (typeof name.constant === 'string') put(fields, name.constant, { type, optional: false });
    else if (name.type.kind === 'string' || name.type.kind === 'any') open = true;
    else
      context.report(key, {
        code: 'type-mismatch',
        message: `A key of an object is text, this is ${describeType(name.type)}. Put it in quotes.`,
      });
  }
  // A computed name may stand for a written one.
  return open ? { kind: 'object', fields: {}, open } : bounded({ kind: 'object', fields, open });
}

function binary(node: Node & { readonly kind: 'binary' }, context: Context): Judged {
  const { operator } = node;
  if (operator === '&&' || operator === '||') {
    const decisive = operator === '||';
    const left = checkCondition(node.left, context, check, `"${operator}"`).constant;
    // The right side is only looked at when the left one did not decide.
    const right = checkCondition(
      node.right,
      assuming(context, proven(node.left, !decisive, context.bindings)),
      check,
      `"${operator}"`,
    ).constant;
    if (left === decisive || right === decisive) return { type: { kind: 'boolean' }, constant: decisive };
    return { type: { kind: 'boolean' }, ...(left === !decisive && right === !decisive ? { constant: !decisive } : {}) };
  }
  const [left, right] = [check(node.left, context), check(node.right, context)];
  const type = checkOperator(node, { left, right }, context);
  if ((operator !== '==' && operator !== '!=') || left.constant === undefined || right.constant === undefined)
    return { type };
  return { type, constant: (canonical(left.constant) === canonical(right.constant)) === (operator === '==') };
}

function conditional(node: Node & { readonly kind: 'conditional' }, context: Context): Judged {
  const { constant } = checkCondition(node.test, context, check, 'The condition before "?"');
  const then = check(node.then, assuming(context, proven(node.test, true, context.bindings)));
  const otherwise = check(node.otherwise, assuming(context, proven(node.test, false, context.bindings)));
  if (
    (then.type.kind === 'optional') !== (otherwise.type.kind === 'optional') &&
    then.type.kind !== 'any' &&
    otherwise.type.kind !== 'any'
  )
    return {
      type: context.report(node, {
        code: 'type-mismatch',
        message: 'One side of "? :" is an optional, the other is not. Write optional.of(…) or .orValue(…).',
      }),
    };
  const type = join(then.type, otherwise.type);
  if (typeof constant !== 'boolean') return { type };
  const chosen = constant ? then : otherwise;
  return chosen.constant === undefined ? { type } : { type, constant: chosen.constant };
}

function sentence(message: string): string {
  const begun = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
