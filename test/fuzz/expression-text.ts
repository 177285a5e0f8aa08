/** Random expressions: such as people write, such as attackers write, and heaps of tokens. */
import { FUNCTIONS, METHODS } from '../../src/plan/expression/functions';
import type { Draw } from './draw';

const NAMES = ['a', 'n', 's', 'l', 'm', 'deep', 'x', 'y', 'missing'];
const FIELDS = [
  'b',
  'c',
  'name',
  'id',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
];
const FOREIGN = ['globalThis', 'process', 'require', 'this', 'arguments', 'Object', 'eval', 'self', '__proto__'];
const LITERALS = [
  ...['0', '1', '-1', '2.5', '1e308', '-0.0', '9007199254740993', '0x7fffffffffffffff', '1u', '3.', '.5', '1e400'],
  ...[
    'true',
    'false',
    'null',
    '""',
    '"text"',
    "'it\\'s'",
    '"""long"""',
    'r"\\d+"',
    'b"bytes"',
    '"\\ud800"',
    '"é🜁"',
    '"\\x00"',
  ],
  ...[
    '[]',
    '{}',
    '[1, 2, 3]',
    '{"a": 1}',
    '{"__proto__": 1}',
    '[[1], [2]]',
    '[null]',
    '"2026-11-23T00:00:00Z"',
    '"(a+)+$"',
  ],
];
const OPERATORS = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||'];
const TOKENS = [
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '.',
    ',',
    ':',
    '?',
    '!',
    '=',
    '"',
    "'",
    '`',
    '\\',
    '/*',
    '//',
    '#',
    '@',
    '$',
    '${',
    '}',
  ],
  ...['.?', '[?', '::', '..', '=>', ';', '\n', '\t', '\u0000', '\ud800', '\u2028', '0b1', '1_000', '"""', 'r"', 'b"'],
  ...[
    'has(',
    'cel.bind(',
    '.map(',
    '.filter(',
    '.all(',
    '.exists(',
    '.exists_one(',
    'optional.of(',
    'optional.none()',
    'if',
    'new ',
  ],
];
const MACROS = ['all', 'exists', 'exists_one', 'map', 'filter', 'sortBy'];
const [FUNCTION_NAMES, METHOD_NAMES] = [Object.keys(FUNCTIONS), Object.keys(METHODS)];

export function drawExpression(draw: Draw): string {
  switch (draw.int(10)) {
    case 0:
      return Array.from({ length: draw.int(12) }, () => draw.of([...TOKENS, ...LITERALS, ...NAMES, ...OPERATORS])).join(
        draw.of(['', ' ']),
      );
    case 1:
    case 2: {
      const whole = build(draw, 3);
      const at = draw.int(whole.length + 1);
      return whole.slice(0, at) + draw.of(TOKENS) + whole.slice(at + draw.int(3));
    }
    case 3: {
      const piece = draw.of(TOKENS);
      return piece.repeat(draw.int(200)) + build(draw, 2);
    }
    default:
      return build(draw, draw.once(8) ? 4 : 1 + draw.int(3));
  }
}

function build(draw: Draw, depth: number): string {
  if (depth <= 0) return draw.once(3) ? draw.of(NAMES) : draw.of(LITERALS);
  const part = (): string => build(draw, depth - 1 - draw.int(2));
  const list = (most: number): string => Array.from({ length: draw.int(most + 1) }, part).join(', ');
  switch (draw.int(14)) {
    case 0:
    case 1:
      return `${part()} ${draw.of(OPERATORS)} ${part()}`;
    case 2:
      return `(${part()})`;
    case 3:
      return `${draw.of(['!', '-'])}${part()}`;
    case 4:
      return `${part()} ? ${part()} : ${part()}`;
    case 5:
    case 6:
      return `${part()}${draw.of(['.', '.?'])}${draw.of(FIELDS)}`;
    case 7:
      return `${part()}${draw.of(['[', '[?'])}${part()}]`;
    case 8:
      return `${draw.of(FUNCTION_NAMES)}(${list(3)})`;
    case 9:
    case 10:
      return `${part()}.${draw.of(METHOD_NAMES)}(${list(2)})`;
    case 11:
      return `${part()}.${draw.of(MACROS)}(${draw.of(['x', 'y', 'l', '__proto__'])}, ${part()})`;
    case 12:
      return draw.of([
        `[${list(4)}]`,
        `{${part()}: ${part()}}`,
        `has(${draw.of(NAMES)}.${draw.of(FIELDS)})`,
        `optional.of(${part()})`,
      ]);
    default:
      return draw.once(3)
        ? `${draw.of(FOREIGN)}.${draw.of(FIELDS)}`
        : `cel.bind(${draw.of(['x', 'y'])}, ${part()}, ${part()})`;
  }
}
