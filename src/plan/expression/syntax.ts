/** Expression text → a small typed tree. The only file that knows the CEL parser (@marcbachmann/cel-js, pinned). */
import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { ComprehensionKind, Node, Span } from './tree';
import { Bytes } from './value';

export type SyntaxCode = 'expression-syntax' | 'expression-too-large';

/** Text that is no expression, or one beyond the limits. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault';
  constructor(
    readonly code: SyntaxCode,
    message: string,
    readonly span: Span,
  ) {
    super(message);
  }
}

export const MAX_SOURCE_BYTES = 16 * 1024;
/** Brackets, calls and conditionals inside each other. */
export const MAX_DEPTH = 40;
/** A chain such as `a + b + c` is as deep as it is long. */
const MAX_CHAIN = 250;

const parser = new Environment({
  enableOptionalTypes: true,
  limits: {
    maxDepth: MAX_DEPTH,
    maxAstNodes: 20_000,
    maxListElements: 10_000,
    maxMapEntries: 10_000,
    maxCallArguments: 32,
  },
});

const COMPREHENSIONS: ReadonlySet<string> = new Set<ComprehensionKind>([
  'all',
  'exists',
  'exists_one',
  'filter',
  'map',
]);

/** Parses one expression; throws `SyntaxFault`. */
export function parseExpression(source: string): Node {
  if (byteLength(source) > MAX_SOURCE_BYTES) throw tooLarge(`it is longer than ${MAX_SOURCE_BYTES / 1024} KiB`, source);
  if (source.trim() === '')
    throw new SyntaxFault('expression-syntax', 'the expression is empty', { start: 0, end: source.length });
  let tree: ASTNode;
  try {
    tree = parser.parse(source).ast;
  } catch (error) {
    throw syntaxFault(error, source);
  }
  return convert(tree, source, 0);
}

function convert(raw: ASTNode, source: string, depth: number): Node {
  if (depth > MAX_CHAIN) throw tooLarge(`it chains more than ${MAX_CHAIN} operations`, source);
  const inner = (node: ASTNode): Node => convert(node, source, depth + 1);
  const span = { start: raw.start, end: raw.end };
  switch (raw.op) {
    case 'value':
      return { kind: 'literal', value: literal(raw.args, span), ...span };
    case 'id':
      return { kind: 'name', name: raw.args, ...span };
    case '.':
    case '.?': {
      const nameSpan = { start: raw.pos, end: raw.end };
      return {
        kind: 'field',
        target: inner(raw.args[0]),
        name: raw.args[1],
        nameSpan,
        optional: raw.op === '.?',
        ...span,
      };
    }
    case '[]':
    case '[?]':
      return {
        kind: 'index',
        target: inner(raw.args[0]),
        index: inner(raw.args[1]),
        optional: raw.op === '[?]',
        ...span,
      };
    case 'list':
      return { kind: 'list', items: raw.args.map(inner), ...span };
    case 'map':
      return {
        kind: 'map',
        entries: raw.args.map(([key, value]) => ({ key: inner(key), value: inner(value) })),
        ...span,
      };
    case '!_':
      return { kind: 'not', operand: inner(raw.args), ...span };
    case '-_':
      return { kind: 'negate', operand: inner(raw.args), ...span };
    case '?:': {
      const [test, then, otherwise] = raw.args;
      return { kind: 'conditional', test: inner(test), then: inner(then), otherwise: inner(otherwise), ...span };
    }
    case 'call': {
      const [name, args] = raw.args;
      const nameSpan = { start: raw.start, end: raw.start + name.length };
      if (name === 'has') return { kind: 'has', path: hasPath(args.map(inner), span), ...span };
      return { kind: 'call', name, nameSpan, args: args.map(inner), ...span };
    }
    case 'rcall': {
      const [name, target, args] = raw.args;
      const start = source.indexOf(name, target.end);
      return methodCall(name, inner(target), args.map(inner), { span, nameSpan: { start, end: start + name.length } });
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case 'in':
    case '&&':
    case '||':
      return { kind: 'binary', operator: raw.op, left: inner(raw.args[0]), right: inner(raw.args[1]), ...span };
  }
}

interface MethodPlace {
  readonly span: Span;
  readonly nameSpan: Span;
}

function methodCall(name: string, target: Node, args: readonly Node[], { span, nameSpan }: MethodPlace): Node {
  const [first, second, third] = args;
  const namespace = target.kind === 'name' ? target.name : '';
  if (namespace === 'optional' && name === 'none' && !first) return { kind: 'optional-none', ...span };
  if (namespace === 'optional' && name === 'of' && first && !second)
    return { kind: 'optional-of', value: first, ...span };
  if (namespace === 'cel' && name === 'bind' && first && second && third)
    return { kind: 'bind', variable: variableName(first), value: second, body: third, ...span };
  if (!COMPREHENSIONS.has(name)) return { kind: 'call', name, nameSpan, target, args, ...span };
  if (!first || !second || args.length > (name === 'map' ? 3 : 2))
    throw new SyntaxFault(
      'expression-syntax',
      `${name}() takes a name for the element and an expression over it`,
      span,
    );
  const parts = third ? { filter: second, body: third } : { body: second };
  const macro = name as ComprehensionKind;
  return { kind: 'comprehension', macro, target, variable: variableName(first), ...parts, ...span };
}

function variableName(node: Node): string {
  if (node.kind === 'name') return node.name;
  throw new SyntaxFault('expression-syntax', 'the first argument must be a plain name for the element', node);
}

function hasPath(args: readonly Node[], span: Span): Node {
  const [path] = args;
  if (args.length === 1 && path && (path.kind === 'field' || path.kind === 'index')) return path;
  throw new SyntaxFault(
    'expression-syntax',
    'has() takes one path that ends in a field, such as has(trigger.payload.note)',
    span,
  );
}

function literal(value: unknown, span: Span): null | boolean | number | string | Bytes {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number')
    return value;
  if (value instanceof Uint8Array) return new Bytes(value);
  // Whole numbers come as bigint, `1u` as an object around one.
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new SyntaxFault(
    'expression-syntax',
    'this whole number is too large to be exact (beyond 2^53); write it as text',
    span,
  );
}

function syntaxFault(error: unknown, source: string): SyntaxFault {
  if (error instanceof RangeError) return tooLarge('it is nested too deeply', source);
  const { code, summary, range } = error as { code?: string; summary?: string; range?: Span };
  const start = Math.min(range?.start ?? 0, source.length);
  const span = { start, end: Math.min(Math.max(range?.end ?? start, start), source.length) };
  if (code === 'limit_exceeded')
    return new SyntaxFault(
      'expression-too-large',
      `the expression is too large: it is nested deeper than ${MAX_DEPTH} levels or has too many parts`,
      span,
    );
  return new SyntaxFault('expression-syntax', plainWords(summary ?? String(error)), span);
}

/** What the parser's names for its tokens look like in an expression. */
const TOKENS: ReadonlyMap<string, string> = new Map(
  (
    'EOF:the end NUMBER:a number STRING:a text BOOLEAN:true or false NULL:null IDENTIFIER:a name BYTES:bytes PLUS:+ MINUS:- ' +
    'MULTIPLY:* DIVIDE:/ MODULO:% EQ:== NE:!= LT:< LE:<= GT:> GE:>= AND:&& OR:|| NOT:! IN:in LPAREN:( RPAREN:) ' +
    'LBRACKET:[ RBRACKET:] LBRACE:{ RBRACE:} DOT:. COMMA:, COLON:: QUESTION:?'
  )
    .split(/ (?=[A-Z]+:)/)
    .map((entry) => [entry.slice(0, entry.indexOf(':')), entry.slice(entry.indexOf(':') + 1)]),
);

function plainWords(summary: string): string {
  if (summary === 'Unexpected character: =') return 'unexpected "="; equality is written "=="';
  const words = summary
    .replace(/^Unexpected token: /, 'unexpected ')
    .replace(/^Expected (\w+), got /, 'expected $1, found ')
    .replace(/\b[A-Z]{2,}\b/g, (token) => TOKENS.get(token) ?? token);
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function tooLarge(why: string, source: string): SyntaxFault {
  return new SyntaxFault(
    'expression-too-large',
    `the expression is too large: ${why}; compute parts of it in a \`set\` step`,
    { start: 0, end: source.length },
  );
}

/** Bytes in UTF-8, counted without encoding. */
function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff)) bytes += 2;
    else if (unit > 0x7f) bytes += 1;
  }
  return bytes;
}
