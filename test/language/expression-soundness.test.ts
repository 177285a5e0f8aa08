import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EXPRESSION_CODES, checkExpression } from '../../src/language/expression-check';
import { DIAGNOSTIC_CODES } from '../../src/language/diagnostic-codes';
import { FUNCTION_SIGNATURES, METHOD_SIGNATURES } from '../../src/language/expression-functions';
import type { Field, Type } from '../../src/language/type';
import { evaluate } from '../../src/plan/expression/evaluate';
import { FUNCTIONS, METHODS } from '../../src/plan/expression/functions';
import type { Json } from '../../src/plan/json';
import { own } from '../../src/plan/json';
import { OmniError } from '../../src/plan/problem';

type Draw = <T>(options: readonly T[]) => T;

const NAMES = ['x', 'y', 'zed'];
const WORDS = ['red', 'green', 'blue'];

function drawType(draw: Draw, depth: number): Type {
  const kind = draw(
    depth === 0
      ? ['string', 'word', 'number', 'integer', 'boolean']
      : ['string', 'word', 'number', 'boolean', 'list', 'object', 'object', 'object'],
  );
  if (kind === 'word') return { kind: 'string', enum: draw([WORDS, WORDS.slice(1), WORDS.slice(2)]) };
  if (kind === 'integer') return { kind: 'number', integer: true };
  if (kind === 'list') return { kind: 'list', items: drawType(draw, depth - 1) };
  if (kind === 'object') return { kind: 'object', fields: drawFields(draw, depth - 1), open: false };
  return { kind: kind as 'string' | 'number' | 'boolean' };
}

function drawFields(draw: Draw, depth: number): Record<string, Field> {
  return Object.fromEntries(
    NAMES.map((name) => [name, { type: drawType(draw, depth), optional: draw([true, false]) }]),
  );
}

function drawData(draw: Draw, type: Type): Json {
  switch (type.kind) {
    case 'string':
      return draw(type.enum ?? ['', 'a', 'b c', '12', 'é😀', 'red']);
    case 'number':
      return draw(type.integer ? [0, 1, -2, 7] : [0, 1, 2.5, -3.25, 1e9]);
    case 'boolean':
      return draw([true, false]);
    case 'list':
      return Array.from({ length: draw([0, 1, 3]) }, () => drawData(draw, type.items));
    case 'object':
      return drawRecord(draw, type.fields);
    case 'any':
    case 'null':
    case 'timestamp':
    case 'duration':
      return null;
  }
}

function drawRecord(draw: Draw, fields: Readonly<Record<string, Field>>): Record<string, Json> {
  const record: Record<string, Json> = {};
  for (const [name, { type, optional }] of Object.entries(fields))
    if (!optional || draw([true, false])) record[name] = drawData(draw, type);
  return record;
}

interface Place {
  readonly source: string;
  readonly type: Type;
  /** Some part of the path may be absent. */
  readonly loose: boolean;
}

/** Every path of fields, written with dots. */
function places(fields: Readonly<Record<string, Field>>, before?: Place): readonly Place[] {
  return Object.entries(fields).flatMap(([name, { type, optional }]) => {
    const place = {
      source: before ? `${before.source}.${name}` : name,
      type,
      loose: optional || (before?.loose ?? false),
    };
    return [place, ...(type.kind === 'object' ? places(type.fields, place) : [])];
  });
}

type Kind = 'string' | 'number' | 'boolean' | 'list' | 'object';

/** Writes expressions, nearly always of the kind that is wanted; what it gets wrong the checker has to find. */
class Writer {
  #variables = 0;
  constructor(
    readonly draw: Draw,
    readonly known: readonly Place[],
  ) {}

  write(kind: Kind, depth: number): string {
    if (this.draw([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) === 0)
      return this.write(this.draw(['string', 'number', 'boolean', 'list', 'object']), Math.max(0, depth - 1));
    if (depth === 0) return this.leaf(kind);
    return this.draw([
      () => this.leaf(kind),
      () => this.operation(kind, depth - 1),
      () => this.operation(kind, depth - 1),
      () => this.either(kind, depth - 1),
    ])();
  }

  leaf(kind: Kind): string {
    const fitting = this.known.filter(({ type }) => type.kind === kind);
    if (fitting.length === 0 || this.draw([0, 1, 2]) === 0) return this.literal(kind);
    return this.read(this.draw(fitting), kind);
  }

  read({ source, loose }: Place, kind: Kind): string {
    if (!loose) return source;
    const safe = source.replaceAll('.', '.?');
    const unsafe = source;
    return this.draw([
      () => `${safe}.orValue(${this.literal(kind)})`,
      () => `(has(${source}) ? ${source} : ${this.literal(kind)})`,
      () => `(!has(${source}) ? ${this.literal(kind)} : ${source})`,
      () => `(${safe}.hasValue() ? ${source} : ${this.literal(kind)})`,
      () => unsafe,
    ])();
  }

  literal(kind: Kind): string {
    switch (kind) {
      case 'string':
        return this.draw(['"a"', '"red"', '"12"', '""', "'é'"]);
      case 'number':
        return this.draw(['0', '1', '2.5', '-3']);
      case 'boolean':
        return this.draw(['true', 'false']);
      case 'list':
        return this.draw(['[]', '[1, 2.5]', '["a", "red"]', '[true]', '[1, "a"]']);
      case 'object':
        return this.draw(['{}', '{"x": 1}', '{"x": "a", "y": [1]}']);
    }
  }

  either(kind: Kind, depth: number): string {
    return `(${this.write('boolean', depth)} ? ${this.write(kind, depth)} : ${this.write(kind, depth)})`;
  }

  walk(macro: string, depth: number, body: Kind): string {
    const name = `v${++this.#variables}`;
    const lists = this.known.filter(({ type }) => type.kind === 'list');
    const place = lists.length > 0 && this.draw([true, true, false]) ? this.draw(lists) : undefined;
    const target = place ? this.read(place, 'list') : this.literal('list');
    const items: Type = place?.type.kind === 'list' ? place.type.items : { kind: 'number' };
    const inner: Place = { source: name, type: items, loose: false };
    const seen = items.kind === 'object' ? [inner, ...places(items.fields, inner)] : [inner];
    const writer = new Writer(this.draw, [...seen, ...seen, ...this.known]);
    writer.#variables = this.#variables + 10;
    return `${target}.${macro}(${name}, ${writer.write(body, depth)})`;
  }

  operation(kind: Kind, depth: number): string {
    const w = (inner: Kind): string => this.write(inner, depth);
    const any = (): string => w(this.draw(['string', 'number', 'boolean', 'list', 'object']));
    const places = this.known.filter(({ source }) => source.includes('.'));
    const options: Readonly<Record<Kind, readonly (() => string)[]>> = {
      number: [
        () => `(${w('number')} ${this.draw(['+', '-', '*', '/', '%'])} ${w('number')})`,
        () => `size(${w(this.draw(['string', 'list', 'object']))})`,
        () => `${this.draw(['round', 'floor', 'ceil', 'int', 'double'])}(${w('number')})`,
        () => `sum(${this.walk('map', depth, 'number')})`,
        () => `min([${w('number')}, ${w('number')}])`,
        () => `-(${w('number')})`,
        () => `cel.bind(b, ${w('number')}, b * b)`,
      ],
      string: [
        () => `(${w('string')} + ${w('string')})`,
        () => `string(${any()})`,
        () => `${w('string')}.${this.draw(['trim()', 'lowerAscii()', 'slice(0, 2)', 'replace("a", "b")'])}`,
        () => `${w('list')}.join(",")`,
        () => `type(${any()})`,
      ],
      boolean: [
        () => `(${w('number')} ${this.draw(['<', '<=', '==', '!=', '>'])} ${w('number')})`,
        () => `(${w('string')} ${this.draw(['==', '!=', '<'])} ${w('string')})`,
        () => `(${any()} == ${any()})`,
        () => `(${w('boolean')} ${this.draw(['&&', '||'])} ${w('boolean')})`,
        () => `!${w('boolean')}`,
        () => `${w('string')}.${this.draw(['startsWith("a")', 'contains("b")', 'matches("^[a-z]+$")'])}`,
        () => `(${any()} in ${w('list')})`,
        () => `("x" in ${w('object')})`,
        () => this.walk(this.draw(['all', 'exists', 'exists_one']), depth, 'boolean'),
        () => (places.length === 0 ? 'true' : this.guarded(this.draw(places))),
      ],
      list: [
        () => this.walk('filter', depth, 'boolean'),
        () => this.walk('map', depth, this.draw(['string', 'number', 'object'])),
        () => `(${w('list')} + ${w('list')})`,
        () => `${w('string')}.split(",")`,
        () => `keys(${w('object')})`,
        () => `values(${w('object')})`,
        () => `[${any()}, ${any()}]`,
      ],
      object: [() => `{"x": ${any()}, "y": ${any()}}`],
    };
    return this.draw(options[kind])();
  }

  guarded({ source, type }: Place): string {
    const use =
      type.kind === 'number'
        ? `${source} > 1`
        : type.kind === 'string'
          ? `${source} != "red"`
          : `string(${source}) != ""`;
    return this.draw([
      `(has(${source}) && ${use})`,
      `(!has(${source}) || ${use})`,
      `has(${source})`,
      `(has(${source}) || ${use})`,
    ]);
  }
}

/** Whether plain data is of the type, as it is after conversion to JSON. */
function fits(type: Type, value: Json): boolean {
  switch (type.kind) {
    case 'any':
      return true;
    case 'null':
      return value === null;
    case 'string':
      return typeof value === 'string' && (type.enum === undefined || type.enum.includes(value));
    case 'timestamp':
    case 'duration':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && (type.integer !== true || Number.isInteger(value));
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value) && (value as readonly Json[]).every((item) => fits(type.items, item));
    case 'object':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      if (!type.open && Object.keys(value).some((key) => !Object.hasOwn(type.fields, key))) return false;
      return Object.entries(type.fields).every(([name, field]) => {
        const found = own(value, name);
        return found === undefined ? field.optional : fits(field.type, found);
      });
  }
}

/** Faults of values, which no type can rule out. */
const VALUE_FAULT =
  /division by zero|no finite number|empty list|% needs whole numbers|too large to be exact|holds one (whole )?number/;

describe('the checker and the evaluator agree', () => {
  test('what the checker accepts never fails for its types or for absence, and its value fits the type', () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const draw: Draw = (options) => options[gen(fc.nat, { max: options.length - 1 })] as (typeof options)[number];
        const roots = drawFields(draw, 3);
        const writer = new Writer(draw, places(roots));
        const source = draw([true, false, false])
          ? draw(places(roots)).source
          : writer.write(draw(['string', 'number', 'boolean', 'list', 'object']), 3);
        const checked = checkExpression(source, { roots });
        if (checked.findings.length > 0) {
          refused++;
          return;
        }
        accepted++;
        for (let round = 0; round < 4; round++) {
          const data = drawRecord(draw, roots);
          const scope = {
            roots: { ...Object.fromEntries(Object.keys(roots).map((name) => [name, undefined])), ...data },
            now: () => 0,
            uuid: () => 'id',
          };
          let value: Json | undefined;
          try {
            value = evaluate(source, scope);
          } catch (error) {
            if (error instanceof OmniError && VALUE_FAULT.test(error.message)) continue;
            throw new Error(`${source} on ${JSON.stringify(data)}: ${String(error)}`);
          }
          if (value === undefined ? !checked.optional : !fits(checked.type, value))
            throw new Error(
              `${source} on ${JSON.stringify(data)} gave ${JSON.stringify(value)}, not ${JSON.stringify(checked.type)}`,
            );
          if (checked.constant !== undefined) expect(value).toEqual(checked.constant);
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 4_000) },
    );
    // Both happen often, or the property would say nothing.
    expect(accepted).toBeGreaterThan(1_000);
    expect(refused).toBeGreaterThan(500);
  });

  // Found by the claim above.
  test.each(['.matches("a")', ' + 0', '.join(",")'])(
    'a slice of what may be text or a list is no more sure of itself, so %s is refused',
    (use) => {
      const fields = { b: { type: { kind: 'string' }, optional: true } } as const;
      const roots = { a: { type: { kind: 'object', fields, open: false }, optional: false } } as const;
      const slice = '(has(a.b) ? a.b : [1]).slice(0, 2)';
      expect(checkExpression(`${slice}${use}`, { roots }).findings).toMatchObject([{ code: 'type-mismatch' }]);
      expect(checkExpression(`string(${slice})`, { roots }).findings).toEqual([]);
    },
  );

  test('any text whatever is checked and evaluated without a defect', () => {
    const token = fc.constantFrom(
      'a',
      '.x',
      '.?x',
      '[0]',
      '["x"]',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '?',
      '&&',
      '||',
      '==',
      '+',
      '-',
      '!',
      '"s"',
      "'",
      '1',
      '1.5',
      'size(',
      '.map(v,',
      'v',
      'has(',
      'in',
      ' ',
      'true',
      '.orValue(',
      'optional.none()',
      '\\',
      '${',
      'é',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(token, { maxLength: 20 }).map((tokens) => tokens.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        const { findings } = checkExpression(source, { roots: { a: { type: { kind: 'any' }, optional: false } } });
        for (const { offset, length } of findings)
          expect(offset >= 0 && length >= 1 && offset <= source.length).toBe(true);
        try {
          evaluate(source, { roots: { a: { x: [1] } }, now: () => 0, uuid: () => '' });
        } catch (error) {
          expect(error).toBeInstanceOf(OmniError);
          expect((error as OmniError).problem.type).toBe('expression');
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test('they know the same functions with the same numbers of arguments', () => {
    const lazy = { or: { arity: [1, 1] }, orValue: { arity: [1, 1] } };
    const arities = (table: Readonly<Record<string, { readonly arity: readonly number[] }>>): object =>
      Object.fromEntries(Object.entries(table).map(([name, { arity }]) => [name, arity]));
    const taken = (table: typeof FUNCTION_SIGNATURES, targets: number): object =>
      Object.fromEntries(
        Object.entries(table).map(([name, { takes, spare = 0 }]) => [
          name,
          [takes.length - targets - spare, takes.length - targets],
        ]),
      );
    expect(taken(FUNCTION_SIGNATURES, 0)).toEqual(arities(FUNCTIONS));
    expect(taken(METHOD_SIGNATURES, 1)).toEqual(arities({ ...METHODS, ...lazy }));
  });

  test('every code of a finding has its place among the codes of diagnostics', () => {
    for (const code of EXPRESSION_CODES) expect(Object.keys(DIAGNOSTIC_CODES)).toContain(code);
  });
});
