import { describe, expect, test } from '@jest/globals';
import { evaluate, evaluateCondition, references } from '../../src/plan/expression/evaluate';
import type { EvaluationScope } from '../../src/plan/expression/evaluate';
import type { Json } from '../../src/plan/json';
import { OmniError } from '../../src/plan/problem';

const NOW = Date.UTC(2026, 0, 31, 8, 0, 0);

function scope(roots: Readonly<Record<string, Json | undefined>> = {}): EvaluationScope {
  let ids = 0;
  return { roots, now: () => NOW, uuid: () => `id-${++ids}` };
}

const DATA: Readonly<Record<string, Json | undefined>> = {
  n: 3,
  s: 'héllo 😀',
  l: [3, 1, 2],
  o: { a: 1, 'b c': 2, nothing: null },
  steps: {
    score: { status: 'completed', output: { risk: 0.7, reasons: ['new', 'large'] } },
    review: { status: 'skipped' },
  },
  audio: { $blob: 'ab'.repeat(32), bytes: 70000, mediaType: 'audio/wav' },
  error: undefined,
};

function value(source: string): Json | undefined {
  return evaluate(source, scope(DATA));
}

function failure(source: string, roots = DATA): string {
  try {
    evaluate(source, scope(roots));
  } catch (error) {
    expect(error).toBeInstanceOf(OmniError);
    expect((error as OmniError).problem.type).toBe('expression');
    return (error as OmniError).message;
  }
  throw new Error(`${source} did not fail`);
}

describe('there is one kind of number', () => {
  test.each<[string, Json]>([
    ['n + 1', 4],
    ['n > 2 ? n : 0', 3],
    ['[1, 2.5]', [1, 2.5]],
    ['n in [1, 2, 3]', true],
    ['1.0 in [1, 2]', true],
    ['optional.none().orValue(0)', 0],
    ['size(l) == 3', true],
    ['l[size(l) - 1]', 2],
    ['l[2.0]', 2],
    ['10 / 4', 2.5],
    ['7 % 3', 1],
    ['-n', -3],
    ['1u + 2', 3],
    ['0x10', 16],
    ['1e3', 1000],
    ['1 == 1.0', true],
    ['-(0)', 0],
    ['int(2.9) + int("-3")', -1],
    ['double("1.5e1")', 15],
    ['round(-2.5) + floor(2.5) + ceil(2.1)', 2],
    ['min(l) + max(l) + sum(l)', 10],
    ['sum([])', 0],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toStrictEqual(expected);
  });

  test.each([
    ['1 / 0', 'division by zero'],
    ['1 % 0', 'division by zero'],
    ['1.5 % 1', 'whole numbers'],
    ['l[0.5]', 'whole number'],
    ['1e308 * 10', 'finite'],
    ['l[3]', 'no element at this position'],
    ['l[-1]', 'no element at this position'],
    ['9007199254740993', 'too large to be exact'],
    ['double("inf")', 'holds one number'],
    ['int("1.5")', 'whole number'],
    ['int("")', 'whole number'],
    ['min([])', 'empty list'],
    ['n + "1"', 'string(…)'],
  ])('%s is an error that says "%s"', (source, words) => {
    expect(failure(source)).toContain(words);
  });
});

describe('what is absent stays visible', () => {
  test.each<[string, Json | undefined]>([
    ['steps.review.output', undefined],
    ['steps["review"]["output"]', undefined],
    ['o.zzz', undefined],
    ['error', undefined],
    ['o.nothing', null],
    ['steps.?review.?output.?approved', undefined],
    ['steps.?review.?output.?approved.orValue(true)', true],
    ['steps.?review.output.approved.orValue(true)', true],
    ['steps.?score.?output.?risk.orValue(0)', 0.7],
    ['steps.?nope.or(steps.?score.?status).orValue("x")', 'completed'],
    ['steps[?"score"].hasValue()', true],
    ['l[?9].orValue(0)', 0],
    ['l[?0].value()', 3],
    ['o.?nothing.orValue(5)', null],
    ['optional.of(2)', 2],
    ['n > 100 ? optional.of(2) : optional.none()', undefined],
    ['has(steps.score.output)', true],
    ['has(steps.review.output)', false],
    ['has(steps.review.output.comment)', false],
    ['has(steps.score.output.risk) && steps.score.output.risk > 0.5', true],
    ['has(o["b c"])', true],
    ['has(o.nothing)', true],
    ['has(l[7])', false],
  ])('%s gives %j', (source, expected) => {
    expect(value(source)).toStrictEqual(expected);
  });

  test.each([
    ['steps.review.output.comment', 'steps.review.output is absent'],
    ['steps.review.output == null', 'is absent'],
    ['[o.zzz]', 'o.zzz is absent'],
    ['n > 1 ? o.zzz : 1', 'o.zzz is absent'],
    ['error.type', 'error is absent'],
    ['unknown', 'the name unknown is unknown'],
    ['n.field', 'has no fields'],
    ['o.a.orValue(1)', 'read the field with .?'],
    ['o.?zzz.value()', 'empty optional'],
    ['o.?a + 1', '.orValue'],
    ['[o.?a]', '.orValue'],
    ['o.?a == 1', 'compared with a plain value'],
  ])('%s is an error that says "%s"', (source, words) => {
    expect(failure(source)).toContain(words);
  });
});

describe('functions', () => {
  test.each<[string, Json]>([
    ['size(s) + s.size()', 14],
    ['s.slice(6, 7)', '😀'],
    ['s.slice(-1)', '😀'],
    ['s.contains("llo") && s.startsWith("h") && s.endsWith("😀")', true],
    ['"AbÇ".lowerAscii() + "AbÇ".upperAscii().lowerAscii()', 'abÇabÇ'],
    ['"abc".upperAscii()', 'ABC'],
    ['"  x ".trim()', 'x'],
    ['"a-b-c".replace("-", "$&")', 'a$&b$&c'],
    ['"a,b".split(",").join(";")', 'a;b'],
    ['[1, true, "x", [2]].join("|")', '1|true|x|[2]'],
    ['l.slice(1, 3)', [1, 2]],
    ['keys(o)', ['a', 'b c', 'nothing']],
    ['values({"a": 1, "b": [2]})', [1, [2]]],
    ['"a" in o && !("z" in o)', true],
    ['"abc123".matches("^[a-z]+[0-9]{3}$")', true],
    ['l.all(x, x > 0) && l.exists(x, x == 2) && l.exists_one(x, x == 2)', true],
    ['l.filter(x, x > 1).map(x, x * 10)', [30, 20]],
    ['l.map(x, x > 1, x * 10)', [30, 20]],
    ['o.map(k, k + "!")', ['a!', 'b c!', 'nothing!']],
    [
      'l.map(x, l.map(y, x * y))',
      [
        [9, 3, 6],
        [3, 1, 2],
        [6, 2, 4],
      ],
    ],
    ['cel.bind(x, n + 1, x * x)', 16],
    ['l.map(n, n) + [n]', [3, 1, 2, 3]],
    ['string(n) + string(true) + string({"a": [1]}) + string(b"ab")', '3true{"a":[1]}ab'],
    ['bool("true")', true],
    ['type(n) + type("") + type(null) + type([]) + type({})', 'numberstringnulllistobject'],
    ['size(bytes("é"))', 2],
    ['[uuid(), uuid()]', ['id-1', 'id-2']],
    ['[1, [2]] == [1.0, [2]] && {"a": 1} == {"a": 1} && {"a": 1} != {"b": 1}', true],
    ['1 == "1"', false],
    ['"a" < "b" && false < true', true],
    ['{"a": n, "list": l.filter(x, x == 1)}', { a: 3, list: [1] }],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toStrictEqual(expected);
  });

  test('timestamps and durations become text in JSON', () => {
    expect(value('now()')).toBe('2026-01-31T08:00:00Z');
    expect(value('timestamp("2026-01-31T10:00:00.250+02:00")')).toBe('2026-01-31T08:00:00.250Z');
    expect(value('now() + duration("1h30m")')).toBe('2026-01-31T09:30:00Z');
    expect(value('[duration("90s"), duration("1.5s"), now() - timestamp(0)]')).toEqual([
      '90s',
      '1.5s',
      `${NOW / 1000}s`,
    ]);
    expect(value('now() > timestamp("2025-01-01T00:00:00Z") && duration("60s") == duration("1m")')).toBe(true);
    expect(
      value('[now().getFullYear(), now().getMonth(), now().getDate(), now().getDayOfWeek(), now().getDayOfYear()]'),
    ).toEqual([2026, 0, 31, 6, 30]);
    expect(value('[now().getHours("Europe/Madrid"), now().getHours("-03:00"), duration("90m").getHours()]')).toEqual([
      9, 5, 1,
    ]);
    expect(value('"it is " + string(duration("2s"))')).toBe('it is 2s');
    expect(value('int(now())')).toBe(NOW / 1000);
  });

  test.each([
    ['timestamp("2026-02-31T00:00:00Z")', 'RFC 3339'],
    ['timestamp("tomorrow")', 'RFC 3339'],
    ['timestamp(1e15)', 'years 1 to 9999'],
    ['duration("soon")', 'duration() needs'],
    ['now().getHours("Nowhere/City")', 'IANA'],
    ['b"ab"', 'bytes cannot become JSON'],
    ['"x".matches("(")', 'no RE2 pattern'],
    ['"x".matches("(?=x)")', 'no RE2 pattern'],
    ['"abc" in "abcd"', 'contains()'],
    ['l.contains(1)', 'element in list'],
    ['nope(1)', 'nope() is unknown'],
    ['s.nope()', '.nope() is unknown'],
    ['size()', 'takes 1 argument'],
    ['n && true', 'true or false'],
    ['l.all(x, x)', 'true or false'],
    ['{1: 2}', 'must be text'],
    ['1 < "2"', 'no order'],
    ['', 'empty'],
    ['n +', 'unexpected the end'],
    ['n = 1', '=='],
    ['size(audio)', 'large stored value'],
    ['audio.$blob', 'nexpected'],
    ['audio["$blob"]', 'large stored value'],
    ['audio == "x"', 'large stored value'],
    ['audio.startsWith("x")', 'large stored value'],
    ['string(audio)', 'large stored value'],
  ])('%s is an error that says "%s"', (source, words) => {
    expect(failure(source)).toContain(words);
  });

  test('a large value is passed on, and asked for its size and media type', () => {
    expect(value('audio')).toEqual(DATA['audio']);
    expect(value('[audio.bytes, audio.mediaType]')).toEqual([70000, 'audio/wav']);
  });
});

describe('only own properties resolve', () => {
  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])('%s', (name) => {
    if (name !== '__proto__') expect(failure(name)).toContain('unknown');
    expect(value(`o["${name}"]`)).toBeUndefined();
    expect(value(`s == "" || has(o.${name})`)).toBe(false);
    expect(value(`"${name}" in o`)).toBe(false);
    expect(failure(`l.${name}`)).toContain('no fields');
    expect(failure(`${name}()`)).toMatch(/unknown|eserved/);
    expect(failure(`s.${name}()`)).toContain('unknown');
  });

  test('an object made with such keys keeps them as data', () => {
    const made = value('{"__proto__": {"polluted": true}, "constructor": 1}') as Record<string, Json>;
    expect(Object.keys(made)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  });
});

describe('conditions', () => {
  test('are true or false', () => {
    expect(evaluateCondition('n > 2', scope(DATA))).toBe(true);
    expect(evaluateCondition('optional.of(false)', scope(DATA))).toBe(false);
  });

  test.each(['n', 'o.zzz', '"true"'])('%s is an error', (source) => {
    expect(() => evaluateCondition(source, scope(DATA))).toThrow(/failed: the condition is/);
  });
});

describe('messages hold no data', () => {
  test.each(['int(secret)', 'timestamp(secret)', 'secret + 1', 'o[secret].x', 'duration(secret)', 'bool(secret)'])(
    '%s',
    (source) => {
      expect(failure(source, { secret: 'HUSH', o: { x: 1 } })).not.toContain('HUSH');
    },
  );
});

describe('references', () => {
  test.each<[string, readonly string[], readonly string[] | 'all']>([
    ['steps.a.output.x + steps.?b.?output.?y.orValue(steps["c"].status)', ['steps'], ['a', 'b', 'c']],
    ['steps[trigger.payload.name]', ['steps', 'trigger'], 'all'],
    ['keys(steps)', ['steps'], 'all'],
    ['trigger.payload.items.map(steps, steps.x)', ['trigger'], []],
    ['items.map(i, i + vars.n)', ['items', 'vars'], []],
    ['cel.bind(x, vars.a, x + y)', ['vars', 'y'], []],
    ['has(steps.a.output) ? {"k": [!flags.X]} : optional.none()', ['steps', 'flags'], ['a']],
  ])('%s', (source, roots, steps) => {
    expect(references(source)).toEqual({ roots, steps });
  });
});
