import { describe, expect, test } from '@jest/globals';
import type { EvaluationScope } from '../../src/plan/expression/evaluate';
import type { Json } from '../../src/plan/json';
import type { Template } from '../../src/plan/plan';
import type { OmniError } from '../../src/plan/problem';
import { render } from '../../src/plan/template';

const scope: EvaluationScope = {
  roots: { n: 2, o: { a: [1, { b: true }] }, evil: '${n}', big: 'x'.repeat(1_000_000), gone: undefined },
  now: (() => {
    let ms = 0;
    return () => (ms += 1000);
  })(),
  uuid: (() => {
    let ids = 0;
    return () => `id-${++ids}`;
  })(),
};

const expression = (source: string): Template => ({ kind: 'expression', source });
const text = (...parts: readonly (string | { readonly source: string })[]): Template => ({ kind: 'text', parts });
const object = (fields: Readonly<Record<string, Template>>): Template => ({ kind: 'object', fields });
const literal = (value: Json): Template => ({ kind: 'literal', value });

function failure(template: Template): string {
  try {
    render(template, scope);
  } catch (error) {
    expect((error as OmniError).problem.type).toBe('expression');
    return (error as OmniError).message;
  }
  throw new Error('nothing failed');
}

describe('rendering', () => {
  test('a value that is one expression keeps its type', () => {
    expect(render(expression('o.a'), scope)).toEqual([1, { b: true }]);
    expect(render(object({ n: expression('n + 0.5'), t: expression('n > 1'), l: literal([1, null]) }), scope)).toEqual({
      n: 2.5,
      t: true,
      l: [1, null],
    });
  });

  test('inside a text, lists and objects print as JSON', () => {
    expect(
      render(text('n=', { source: 'n' }, ' o=', { source: 'o' }, ' ', { source: 'null' }, { source: '"!"' }), scope),
    ).toBe('n=2 o={"a":[1,{"b":true}]} null!');
  });

  test('what is absent leaves its key out, and is undefined at the top', () => {
    expect(
      render(
        object({
          a: expression('o.zzz'),
          b: expression('o.?zzz'),
          c: expression('gone'),
          d: object({ e: expression('o.zzz') }),
        }),
        scope,
      ),
    ).toStrictEqual({ d: {} });
    expect(render(expression('gone'), scope)).toBeUndefined();
  });

  test('null is a value in objects and lists', () => {
    expect(
      render(object({ a: expression('null'), b: { kind: 'list', items: [expression('null'), literal(null)] } }), scope),
    ).toStrictEqual({ a: null, b: [null, null] });
  });

  test('absent in a list or a text is an error', () => {
    expect(failure({ kind: 'list', items: [literal(1), expression('o.zzz')] })).toBe(
      'Element 2 of a list is absent: `o.zzz` has no value. End the expression with .orValue(…).',
    );
    expect(failure(text('hello ', { source: 'o.zzz' }))).toContain('absent inside a text');
  });

  test('data that looks like an expression stays data', () => {
    expect(render(object({ a: expression('evil'), b: text({ source: 'evil' }) }), scope)).toEqual({
      a: '${n}',
      b: '${n}',
    });
  });

  test('one rendering has one time, and a new id at each place', () => {
    const rendered = render(
      object({
        a: expression('now()'),
        b: text({ source: 'now()' }),
        c: expression('uuid()'),
        d: expression('uuid()'),
      }),
      scope,
    ) as Record<string, Json>;
    expect(rendered['a']).toBe(rendered['b']);
    expect(rendered['c']).not.toBe(rendered['d']);
  });

  test('a field named __proto__ is a field', () => {
    const rendered = render(
      {
        kind: 'object',
        fields: JSON.parse('{"__proto__": {"kind": "literal", "value": {"x": 1}}}') as Record<string, Template>,
      },
      scope,
    );
    expect(JSON.stringify(rendered)).toBe('{"__proto__":{"x":1}}');
  });

  test('more than 25 MB in all is refused, though each part is smaller', () => {
    const parts = Array.from({ length: 30 }, () => expression('big'));
    expect(failure({ kind: 'list', items: parts })).toContain('the whole value would exceed 25 MB');
    expect(failure(text(...parts.map(() => ({ source: 'big' }))))).toContain('the whole value would exceed 25 MB');
    expect(render({ kind: 'list', items: parts.slice(0, 20) }, scope)).toHaveLength(20);
  });
});
