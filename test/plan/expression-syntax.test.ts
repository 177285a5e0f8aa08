import { describe, expect, test } from '@jest/globals';
import { SyntaxFault, parseExpression } from '../../src/plan/expression/syntax';
import type { Node } from '../../src/plan/expression/tree';

/** The tree without places, as short nested data. */
function shape(node: Node | undefined): unknown {
  if (node === undefined) return undefined;
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'name':
      return `$${node.name}`;
    case 'field':
      return [node.optional ? '.?' : '.', shape(node.target), node.name];
    case 'index':
      return [node.optional ? '[?]' : '[]', shape(node.target), shape(node.index)];
    case 'binary':
      return [node.operator, shape(node.left), shape(node.right)];
    case 'call':
      return ['call', node.name, shape(node.target), ...node.args.map(shape)];
    case 'comprehension':
      return [node.macro, shape(node.target), node.variable, shape(node.filter), shape(node.body)];
    case 'bind':
      return ['bind', node.variable, shape(node.value), shape(node.body)];
    case 'list':
      return ['list', ...node.items.map(shape)];
    case 'map':
      return ['map', ...node.entries.map(({ key, value }) => [shape(key), shape(value)])];
    case 'not':
    case 'negate':
      return [node.kind, shape(node.operand)];
    case 'conditional':
      return ['?', shape(node.test), shape(node.then), shape(node.otherwise)];
    case 'has':
      return ['has', shape(node.path)];
    case 'optional-of':
      return ['of', shape(node.value)];
    case 'optional-none':
      return 'none';
  }
}

function fault(source: string): SyntaxFault {
  try {
    parseExpression(source);
  } catch (error) {
    if (error instanceof SyntaxFault) return error;
    throw error;
  }
  throw new Error(`${source} parsed`);
}

describe('what the parser gives us is what we build on', () => {
  test.each<[string, unknown]>([
    ['a.b.?c["d"][?0]', ['[?]', ['[]', ['.?', ['.', '$a', 'b'], 'c'], 'd'], 0]],
    ['1 + 2u * 0x10 - -1.5', ['-', ['+', 1, ['*', 2, 16]], ['negate', 1.5]]],
    ['!a && b || c == "x" ? 1 : null', ['?', ['||', ['&&', ['not', '$a'], '$b'], ['==', '$c', 'x']], 1, null]],
    ['f(1, a).g("x")', ['call', 'g', ['call', 'f', undefined, 1, '$a'], 'x']],
    [
      'l.map(x, x > 1, x + 1).filter(y, y in [1, 2])',
      ['filter', ['map', '$l', 'x', ['>', '$x', 1], ['+', '$x', 1]], 'y', undefined, ['in', '$y', ['list', 1, 2]]],
    ],
    [
      'l.all(x, x) || l.exists(x, x) || l.exists_one(x, x)',
      [
        '||',
        ['||', ['all', '$l', 'x', undefined, '$x'], ['exists', '$l', 'x', undefined, '$x']],
        ['exists_one', '$l', 'x', undefined, '$x'],
      ],
    ],
    ['has(a.b) && cel.bind(x, 1, x)', ['&&', ['has', ['.', '$a', 'b']], ['bind', 'x', 1, '$x']]],
    ['optional.of({"k": 1}).or(optional.none())', ['call', 'or', ['of', ['map', ['k', 1]]], 'none']],
    ['a.filter', ['.', '$a', 'filter']],
    ['a // comment\n + 1', ['+', '$a', 1]],
  ])('%s', (source, expected) => {
    expect(shape(parseExpression(source))).toEqual(expected);
  });

  test('places point at the source, names at the name alone', () => {
    const source = '(a.b) . ?note + x . trim ( )'.replace('. ?', '.?');
    const tree = parseExpression(source);
    if (tree.kind !== 'binary' || tree.left.kind !== 'field' || tree.right.kind !== 'call')
      throw new Error('another shape');
    expect(source.slice(tree.left.nameSpan.start, tree.left.nameSpan.end)).toBe('note');
    expect(source.slice(tree.right.nameSpan.start, tree.right.nameSpan.end)).toBe('trim');
    expect(source.slice(tree.right.start, tree.right.end)).toBe('x . trim ( )');
  });

  test.each([
    ['a +', 'unexpected the end', 3],
    ['a = 1', 'unexpected "="; equality is written "=="', 2],
    ['a ? 1', 'expected :, found the end', 5],
    ['"abc', 'unterminated string', 0],
    ['f(1', 'expected ), found the end', 3],
    ['for', 'reserved identifier: for', 0],
    ['l.map(1, 2)', 'variable', 6],
    ['l.map(x)', 'takes a name for the element', 0],
    ['l.all(x, y, z)', 'takes a name for the element', 0],
    ['has(a)', 'has() takes one path', 0],
    ['99999999999999999999', 'too large to be exact', 0],
    ['a @ b', 'unexpected character: @', 2],
  ])('%s: %s', (source, words, start) => {
    expect(fault(source).message).toContain(words);
    expect(fault(source).span.start).toBe(start);
    expect(fault(source).code).toBe('expression-syntax');
  });
});
