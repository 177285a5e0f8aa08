import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FUNCTION_SIGNATURES, METHOD_SIGNATURES } from '../../src/language/expression-functions';
import { checkExpression } from '../../src/language/expression-check';
import { evaluate } from '../../src/plan/expression/evaluate';
import type { JsonObject } from '../../src/plan/json';

const page = readFileSync(join(__dirname, '../../docs/expressions.md'), 'utf8');

function blocks(language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text ?? '');
}

const roots = JSON.parse(blocks('json')[0] ?? '') as JsonObject;
const scope = { roots, now: (): number => 0, uuid: (): string => 'id' };
const examples = blocks('cel').flatMap((block) =>
  block
    .trim()
    .split('\n')
    .map((line) => /^(.*?) *\/\/ (=>|error:) (.*)$/.exec(line) ?? [line, '', '', ''])
    .map(([, source = '', kind = '', expected = '']) => ({ source, kind, expected })),
);

describe('docs/expressions.md', () => {
  test('has examples', () => {
    expect(examples.length).toBeGreaterThan(40);
  });

  test.each(examples)('$source $kind $expected', ({ source, kind, expected }) => {
    if (kind === 'error:') expect(() => evaluate(source, scope)).toThrow(expected);
    else if (expected === 'absent') expect(evaluate(source, scope)).toBeUndefined();
    else expect(evaluate(source, scope)).toEqual(JSON.parse(expected));
    expect(['=>', 'error:']).toContain(kind);
  });

  test('what has a value is accepted by the checker over data of any type', () => {
    const any = Object.fromEntries(
      Object.keys(roots).map((name) => [name, { type: { kind: 'any' } as const, optional: false }]),
    );
    for (const { source, kind } of examples)
      if (kind === '=>') expect([source, checkExpression(source, { roots: any }).findings]).toEqual([source, []]);
  });

  test('names every function and method', () => {
    for (const name of [...Object.keys(FUNCTION_SIGNATURES), ...Object.keys(METHOD_SIGNATURES)])
      expect(page).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
