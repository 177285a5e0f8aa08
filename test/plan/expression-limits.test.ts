import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../../src/plan/expression/evaluate';
import { MAX_SOURCE_BYTES } from '../../src/plan/expression/syntax';
import type { Json } from '../../src/plan/json';
import { OmniError } from '../../src/plan/problem';

/** Of processor time, which does not depend on what else the machine does. */
const BOUND_MS = 250;

/** The value or the message of the `expression` error, and how long it took. */
function timed(
  source: string,
  roots: Readonly<Record<string, Json>> = {},
): { answer: Json | undefined; failure?: string; ms: number } {
  const start = process.cpuUsage();
  try {
    const answer = evaluate(source, { roots, now: () => 0, uuid: () => 'id' });
    return { answer, ms: spentMs(start) };
  } catch (error) {
    expect(error).toBeInstanceOf(OmniError);
    expect((error as OmniError).problem.type).toBe('expression');
    return { answer: undefined, failure: (error as OmniError).message, ms: spentMs(start) };
  }
}

function spentMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function nested(levels: number): Json {
  let value: Json = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

/** `cel.bind(v1, op(v0), cel.bind(v2, op(v1), …))`: the result multiplies at each level. */
function growing(levels: number, first: string, grow: (name: string) => string): string {
  let source = `v${levels}`;
  for (let i = levels; i > 0; i--) source = `cel.bind(v${i}, ${grow(`v${i - 1}`)}, ${source})`;
  return `cel.bind(v0, ${first}, ${source})`;
}

const list = (size: number): Json => Array.from({ length: size }, (_, i) => i);

describe('ordinary work fits the budget', () => {
  test('10,000 elements through filter, map and join', () => {
    const roots = {
      l: Array.from({ length: 10_000 }, (_, i) => ({ id: i, name: `item ${i}`, price: i / 2, on: i % 2 === 0 })),
    };
    const { answer, ms } = timed(
      'l.filter(x, x.on && x.price > 10.5).map(x, {"id": x.id, "label": x.name + ": " + string(x.price * 2)})',
      roots,
    );
    expect(answer).toHaveLength(4_989);
    expect(ms).toBeLessThan(BOUND_MS);
    expect(timed('size(l.map(x, x.name).join(", "))', roots).answer).toBe(108_888);
    expect(timed('sum(l.map(x, x.price))', roots).answer).toBe(24_997_500);
  });

  test('250 terms in one chain', () => {
    expect(timed(Array.from({ length: 250 }, () => '1').join(' + ')).answer).toBe(250);
  });
});

describe('what would not end soon is stopped', () => {
  const bombs: readonly (readonly [string, string, Readonly<Record<string, Json>>, RegExp])[] = [
    ['100³ nested maps', 'l.map(a, l.map(b, l.map(c, a + b + c)))', { l: list(100) }, /steps/],
    ['a quadratic search', 'l.all(x, x in l)', { l: list(10_000) }, /steps/],
    ['repeated joins', 'l.map(x, l.join(""))', { l: list(3_000) }, /steps|MB/],
    ['deep equality in a loop', 'l.all(x, l == l.map(y, y))', { l: list(5_000) }, /steps/],
    ['text doubling', growing(38, '"0123456789abcdef"', (v) => `${v} + ${v}`), {}, /too large/],
    [
      'text doubling within the depth',
      growing(17, '"0123456789abcdef0123456789abcdef"', (v) => `${v} + ${v} + ${v} + ${v}`),
      {},
      /MB/,
    ],
    ['list doubling', growing(17, '[1, 2, 3, 4]', (v) => `${v} + ${v} + ${v} + ${v}`), {}, /steps|MB/],
    ['shared lists unfolding in JSON', growing(17, '[1, 2]', (v) => `[${v}, ${v}, ${v}, ${v}]`), {}, /MB/],
    [
      'shared lists unfolding in a text',
      `${growing(17, '[1, 2]', (v) => `[${v}, ${v}, ${v}, ${v}]`)}.join("")`,
      {},
      /MB/,
    ],
    [
      'shared lists unfolding in a comparison',
      `cel.bind(a, ${growing(15, '[1, 2]', (v) => `[${v}, ${v}]`)}, cel.bind(b, ${growing(20, '[1, 2]', (v) => `[${v}, ${v}]`)}, a == b))`,
      {},
      /steps|too large/,
    ],
    ['replace that grows', growing(15, '"aaaaaaaaaaaaaaaa"', (v) => `${v}.replace("a", "aaaaaaaa")`), {}, /steps|MB/],
    ['splits in a loop', 'l.map(x, s.split(""))', { l: list(1_000), s: 'x'.repeat(60_000) }, /steps|MB/],
    ['size of long texts in a loop', 'l.map(x, size(s))', { l: list(10_000), s: 'é'.repeat(60_000) }, /steps/],
    ['slices of long texts in a loop', 'l.map(x, s.slice(1, 2))', { l: list(10_000), s: 'é'.repeat(60_000) }, /steps/],
    ['searches in a loop', 'l.map(x, s.contains("éa"))', { l: list(10_000), s: 'é'.repeat(60_000) }, /steps/],
    [
      'prefixes in a loop',
      'l.map(x, s == t)',
      { l: list(10_000), s: `${'é'.repeat(60_000)}a`, t: `${'é'.repeat(60_000)}b` },
      /steps/,
    ],
    ['a number hidden in long text', 'double(s)', { s: `${'1'.repeat(60_000)}x` }, /one number/],
    ['a deeply nested value', 'd', { d: nested(20_000) }, /nested/],
    ['deeply nested values compared', 'd == e', { d: nested(20_000), e: nested(20_000) }, /nested/],
    ['deep brackets', `${'('.repeat(5_000)}1${')'.repeat(5_000)}`, {}, /too large/],
    ['deep lists', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, {}, /too large/],
    ['deep negation', `${'!'.repeat(16_000)}true`, {}, /too large/],
    ['a long chain', Array.from({ length: 4_000 }, () => '1').join('+'), {}, /too large/],
    ['a long path', `a${'.b'.repeat(5_000)}`, {}, /too large/],
    ['a long source', `"${'x'.repeat(MAX_SOURCE_BYTES)}"`, {}, /too large/],
    ['a long source in bytes', `"${'é'.repeat(MAX_SOURCE_BYTES / 2)}"`, {}, /too large/],
    [
      'a regular expression bomb',
      'l.all(x, s.matches("^(a|a?)+$"))',
      { s: 'a'.repeat(60_000), l: list(10_000) },
      /steps/,
    ],
    ['a wide pattern on a long text', `s.matches("(a?){900}a{900}$")`, { s: 'a'.repeat(60_000) }, /steps/],
    ['a pattern that repeats too much', `s.matches("${'x{1000}'.repeat(100)}")`, { s: 'x' }, /repeats too much/],
    [
      'a pattern of nested repeats',
      `s.matches("${'((abcdefghijx{10}){10}){10}'.repeat(20)}")`,
      { s: 'x' },
      /repeats too much/,
    ],
    [
      'a new pattern for each element',
      'l.exists(x, s.matches("((x{10}){10}){10}" + string(x)))',
      { s: 'x', l: list(10_000) },
      /steps/,
    ],
    [
      'a time zone for each element',
      'l.all(x, now().getHours("Etc/GMT+" + string(x % 10)) >= 0) && l.all(x, now().getHours("Europe/Madrid") >= 0)',
      { l: list(10_000) },
      /steps/,
    ],
    ['a long pattern', 's.matches(p)', { s: 'x', p: 'x'.repeat(2_000) }, /longer than/],
    ['an unbalanced pattern', 's.matches(p)', { s: 'x', p: '('.repeat(999) }, /no RE2 pattern/],
  ];

  test.each(bombs)('%s', (_, source, roots, words) => {
    const { failure, ms } = timed(source, roots);
    expect(failure).toMatch(words);
    expect(ms).toBeLessThan(BOUND_MS);
    expect(failure?.length).toBeLessThan(400);
  });

  test('a hard but small pattern answers in linear time', () => {
    const { answer, ms } = timed('s.matches("^(a|a)*$") || s.matches("(a+)+$")', { s: `${'a'.repeat(60_000)}b` });
    expect(answer).toBe(false);
    expect(ms).toBeLessThan(BOUND_MS);
  });
});
