import { describe, expect, test } from '@jest/globals';
import { checkExpression } from '../../src/language/expression-check';
import type { ExpressionCode } from '../../src/language/expression-check';
import type { Field, Type } from '../../src/language/type';
import { ANY, BOOLEAN, NUMBER, STRING } from '../../src/language/type';

const there = (type: Type): Field => ({ type, optional: false });
const maybe = (type: Type): Field => ({ type, optional: true });
const object = (fields: Readonly<Record<string, Field>>): Type => ({ kind: 'object', fields, open: false });
const list = (items: Type): Type => ({ kind: 'list', items });
const words = (...enumeration: readonly string[]): Type => ({ kind: 'string', enum: enumeration });
const INTEGER: Type = { kind: 'number', integer: true };

const line = object({ sku: there(STRING), price: there(NUMBER), gift: maybe(object({ card: maybe(STRING) })) });
const environment = {
  roots: {
    trigger: there(
      object({
        payload: there(
          object({
            orderId: there(STRING),
            amount: there(NUMBER),
            count: there(INTEGER),
            note: maybe(STRING),
            channel: there(words('web', 'phone')),
            only: there(words('one')),
            items: there(list(line)),
            tags: there(list(STRING)),
            extra: there({ kind: 'object', fields: {}, open: true }),
          }),
        ),
        context: there(ANY),
      }),
    ),
    steps: there(
      object({
        score: there(
          object({
            status: there(words('completed', 'failed')),
            output: there(object({ risk: there(NUMBER), reasons: there(list(STRING)) })),
          }),
        ),
        review: there(
          object({
            status: there(STRING),
            output: maybe(object({ approved: there(BOOLEAN), comment: maybe(STRING) })),
          }),
        ),
      }),
    ),
    audio: there(object({ $blob: there(STRING), bytes: there(NUMBER), mediaType: there(STRING) })),
    error: maybe(object({ type: there(STRING) })),
    at: there({ kind: 'timestamp' }),
  },
};

function check(source: string): ReturnType<typeof checkExpression> {
  return checkExpression(source, environment);
}

describe('good expressions have a type and no findings', () => {
  test.each<[string, Type, boolean?]>([
    ['trigger.payload.amount', NUMBER],
    ['trigger.payload.note', STRING, true],
    ['steps.review.output', object({ approved: there(BOOLEAN), comment: maybe(STRING) }), true],
    ['steps["review"]["output"]', object({ approved: there(BOOLEAN), comment: maybe(STRING) }), true],
    ['error', object({ type: there(STRING) }), true],
    ['steps.?review.?output.?approved', BOOLEAN, true],
    ['steps.?review.?output.?approved.orValue(true)', BOOLEAN],
    ['steps.?review.output.approved.orValue(true)', BOOLEAN],
    ['trigger.payload.?note.orValue("")', STRING],
    ['trigger.payload.?note.or(steps.?review.?output.?comment).orValue("none")', STRING],
    ['has(steps.review.output) && steps.review.output.approved', BOOLEAN],
    ['has(steps.review.output.comment) ? steps.review.output.comment : ""', STRING],
    ['!has(trigger.payload.note) || trigger.payload.note == "x"', BOOLEAN],
    ['!has(trigger.payload.note) ? 0 : size(trigger.payload.note)', INTEGER],
    ['has(trigger.payload.note) && has(error.type) ? trigger.payload.note + error.type : ""', STRING],
    ['!(has(trigger.payload.note) && true) || trigger.payload["note"] == "x"', BOOLEAN],
    ['trigger.payload.?note.hasValue() && trigger.payload.note != ""', BOOLEAN],
    ['trigger.payload.items.filter(i, has(i.gift)).map(i, i.gift)', list(object({ card: maybe(STRING) }))],
    ['trigger.payload.items.filter(i, has(i.gift.card)).map(i, i.gift.card)', list(STRING)],
    ['trigger.payload.items.map(i, has(i.gift), i.?gift.?card.orValue(i.sku))', list(STRING)],
    ['trigger.payload.amount > 0 ? trigger.payload.amount : 0', NUMBER],
    ['trigger.payload.count + 1', INTEGER],
    ['trigger.payload.count / 2', NUMBER],
    ['[1, 2.5]', list(NUMBER)],
    ['[1, "a"]', list(ANY)],
    ['trigger.payload.count in [1, 2.5]', BOOLEAN],
    ['trigger.payload.channel == "web"', BOOLEAN],
    ['trigger.payload.channel in ["web", "phone"]', BOOLEAN],
    ['trigger.payload.tags[size(trigger.payload.tags) - 1]', STRING],
    ['trigger.payload.tags[?0].orValue("")', STRING],
    ['sum(trigger.payload.items.map(i, i.price))', NUMBER],
    ['{"id": trigger.payload.orderId, "n": 1}', object({ id: there(STRING), n: there(INTEGER) })],
    ['trigger.context.user.name', ANY],
    ['trigger.payload.extra.anything.at.all + 1', NUMBER],
    ['keys(trigger.payload.extra)', list(STRING)],
    ['now() - at < duration("1h")', BOOLEAN],
    ['now()', { kind: 'timestamp' }],
    ['audio', object({ $blob: there(STRING), bytes: there(NUMBER), mediaType: there(STRING) })],
    ['audio.bytes > 1000000', BOOLEAN],
    ['cel.bind(n, trigger.payload.amount * 2, n > 10 || n < 0)', BOOLEAN],
    ['optional.none()', ANY, true],
    ['string(b"ab")', STRING],
    ['[].map(x, x + 1)', list(NUMBER)],
    ['trigger.payload.tags.join(", ").split(",")', list(STRING)],
    ['trigger.payload.orderId.matches("^[a-z]+$")', BOOLEAN],
    ['"orderId" in trigger.payload', BOOLEAN],
    ['trigger.context == null', BOOLEAN],
  ])('%s', (source, type, optional = false) => {
    const { findings, ...rest } = check(source);
    expect(findings).toEqual([]);
    expect(rest).toMatchObject({ type: JSON.parse(JSON.stringify(type)) as object, optional });
  });
});

describe('bad expressions are told, where and how to mend them', () => {
  test.each<[string, ExpressionCode, string, string?]>([
    ['steps.score.output.risky', 'unknown-field', 'risky', 'risk'],
    ['steps["score"]["output"]["risky"]', 'unknown-field', '"risky"', 'risk'],
    ['steps.?reviw.?output', 'unknown-field', 'reviw', 'review'],
    ['has(steps.review.outptu)', 'unknown-field', 'outptu', 'output'],
    ['trigger.payload.items.map(i, i.prise)', 'unknown-field', 'prise', 'price'],
    ['"ordrId" in trigger.payload', 'unknown-field', '"ordrId"', '"orderId"'],
    ['triger.payload', 'unknown-root', 'triger', 'trigger'],
    ['constructor', 'unknown-root', 'constructor'],
    ['steps.constructor', 'unknown-field', 'constructor'],
    ['steps.__proto__', 'unknown-field', '__proto__'],
    ['trigger.payload.toString', 'unknown-field', 'toString'],
    ['steps.review.output.approved', 'maybe-absent', 'output', 'steps.review.?output.orValue(…)'],
    ['trigger.payload.note + "!"', 'maybe-absent', 'note', 'trigger.payload.?note.orValue(…)'],
    ['trigger.payload.note == "" ? 1 : 2', 'maybe-absent', 'note'],
    ['[trigger.payload.note]', 'maybe-absent', 'note'],
    ['true ? trigger.payload.note : ""', 'maybe-absent', 'note'],
    ['error.type', 'maybe-absent', 'error'],
    ['has(trigger.payload.note) || trigger.payload.note == ""', 'maybe-absent', 'note'],
    ['has(trigger.payload.note) ? "" : trigger.payload.note', 'maybe-absent', 'note'],
    [
      'trigger.payload.items.exists(i, has(i.gift)) && trigger.payload.items.all(i, size(i.gift) > 0)',
      'maybe-absent',
      'gift',
    ],
    ['trigger.payload.items.map(i, i.gift)', 'maybe-absent', 'gift'],
    ['trigger.payload.amount + "1"', 'type-mismatch', 'trigger.payload.amount + "1"'],
    ['trigger.payload.amount == "1"', 'type-mismatch', 'trigger.payload.amount == "1"'],
    ['trigger.payload.orderId == null', 'type-mismatch', 'trigger.payload.orderId == null'],
    ['trigger.payload.amount && true', 'type-mismatch', 'trigger.payload.amount'],
    ['!trigger.payload.amount', 'type-mismatch', 'trigger.payload.amount'],
    ['trigger.payload.amount ? 1 : 2', 'type-mismatch', 'trigger.payload.amount'],
    ['trigger.payload.orderId.foo', 'type-mismatch', 'foo'],
    ['trigger.payload.tags.first', 'type-mismatch', 'first'],
    ['trigger.payload.tags["0"]', 'type-mismatch', '"0"'],
    ['trigger.payload.tags[0.5]', 'type-mismatch', '0.5'],
    ['trigger.payload.tags[-1]', 'type-mismatch', '-1'],
    ['trigger.payload.amount.startsWith("1")', 'type-mismatch', 'trigger.payload.amount'],
    ['trigger.payload.tags.contains("x")', 'type-mismatch', 'trigger.payload.tags'],
    ['sum(trigger.payload.tags)', 'type-mismatch', 'sum(trigger.payload.tags)'],
    ['size(1)', 'type-mismatch', '1'],
    ['size()', 'type-mismatch', 'size()'],
    ['trigger.payload.amount.orValue(1)', 'type-mismatch', 'trigger.payload.amount'],
    ['trigger.context.name.orValue("")', 'type-mismatch', 'trigger.context.name'],
    ['trigger.payload.?note + "!"', 'type-mismatch', 'trigger.payload.?note + "!"'],
    ['trigger.payload.?note == "x"', 'type-mismatch', 'trigger.payload.?note == "x"'],
    ['[trigger.payload.?note, ""]', 'type-mismatch', '[trigger.payload.?note, ""]'],
    ['b"ab"', 'type-mismatch', 'b"ab"'],
    ['(true ? 1 : "x") + 1', 'type-mismatch', 'true ? 1 : "x") + 1'],
    ['trigger.payload.orderId < 1', 'type-mismatch', 'trigger.payload.orderId < 1'],
    ['trigger.payload.orderId.all(x, true)', 'type-mismatch', 'trigger.payload.orderId'],
    ['trigger.payload.tags.all(x, x)', 'type-mismatch', 'x'],
    ['1 in trigger.payload.tags', 'type-mismatch', '1 in trigger.payload.tags'],
    ['"a" in trigger.payload.orderId', 'type-mismatch', '"a" in trigger.payload.orderId'],
    ['{1: 2}', 'type-mismatch', '1'],
    ['1 / 0', 'type-mismatch', '1 / 0'],
    ['trigger.payload.amount > 1 % 0', 'type-mismatch', '1 % 0'],
    ['timestamp("2026-02-31T00:00:00Z") < now()', 'type-mismatch', '"2026-02-31T00:00:00Z"'],
    ['now() > at + duration("soon")', 'type-mismatch', '"soon"'],
    ['trigger.payload.channel == "fone"', 'unknown-word', '"fone"'],
    ['"fone" != trigger.payload.channel', 'unknown-word', '"fone"'],
    ['trigger.payload.channel in ["web", "phnoe"]', 'unknown-word', '"phnoe"', '"phone"'],
    ['trigger.payload.channel == steps.score.status', 'unknown-word', 'steps.score.status'],
    ['trigger.payload.orderId.match("x")', 'unknown-function', 'match', 'matches'],
    ['sze("x")', 'unknown-function', 'sze', 'size'],
    ['trim(trigger.payload.orderId)', 'unknown-function', 'trim', 'trigger.payload.orderId.trim()'],
    ['trigger.payload.tags.sum()', 'unknown-function', 'sum', 'sum(trigger.payload.tags)'],
    ['constructor()', 'unknown-function', 'constructor'],
    ['trigger.payload.orderId.toString()', 'unknown-function', 'toString'],
    ['trigger.payload.orderId.matches("(")', 'invalid-pattern', '"("'],
    ['trigger.payload.orderId.matches("(?=x)y")', 'invalid-pattern', '"(?=x)y"'],
    ['audio.content', 'blob-inside', 'content'],
    ['audio["$blob"]', 'blob-inside', '"$blob"'],
    ['size(audio)', 'blob-inside', 'audio'],
    ['audio.startsWith("x")', 'blob-inside', 'audio'],
    ['audio + "x"', 'blob-inside', 'audio + "x"'],
    ['audio == "x"', 'blob-inside', 'audio == "x"'],
    ['audio.map(x, x)', 'blob-inside', 'audio'],
    ['trigger.payload.amount >', 'expression-syntax', ''],
    ['trigger.payload.amount = 1', 'expression-syntax', '='],
    ['', 'expression-syntax', ''],
    ['x.map(1, 2)', 'expression-syntax', '1'],
    [`${'('.repeat(50)}1${')'.repeat(50)}`, 'expression-too-large', '('],
  ])('%s: %s', (source, code, at, ...mended) => {
    const { findings } = check(source);
    expect(findings.map((finding) => finding.code)).toEqual([code]);
    const [finding] = findings;
    if (finding && at !== '' && code !== 'expression-too-large')
      expect(source.slice(finding.offset, finding.offset + finding.length)).toBe(at);
    expect(finding?.message).toMatch(/^[A-Z"].*[.!?…]$/s);
    if (mended[0] !== undefined) expect(finding?.suggestion).toBe(mended[0]);
  });

  test('all findings come at once, in the order of the text', () => {
    const { findings, type } = check(
      'steps.score.output.risky > 1 && trigger.payload.note.matches("[") || nope(triger)',
    );
    expect(findings.map(({ code }) => code)).toEqual([
      'unknown-field',
      'maybe-absent',
      'invalid-pattern',
      'unknown-function',
      'unknown-root',
    ]);
    expect(type).toEqual(BOOLEAN);
  });
});

describe('values known while checking', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['"a" + "b"', 'ab'],
    ['[1, {"a": true}]', [1, { a: true }]],
    ['trigger.payload.only', 'one'],
    ['trigger.payload.only == "one"', true],
    ['trigger.payload.amount > 1 || true', true],
    ['trigger.payload.amount > 1 && 1 > 2', false],
    ['!(1 == 1.0)', false],
    ['true ? "x" : trigger.payload.orderId', 'x'],
    ['trigger.payload.amount > 1', undefined],
    ['uuid()', undefined],
    ['now() > now()', undefined],
    ['trigger.payload.channel == "web"', undefined],
  ])('%s is %j', (source, constant) => {
    expect(check(source).findings).toEqual([]);
    expect(check(source).constant).toEqual(constant);
  });
});

describe('checking ends soon', () => {
  const growing = (levels: number, first: string, grow: (name: string) => string): string => {
    let source = `v${levels}`;
    for (let i = levels; i > 0; i--) source = `cel.bind(v${i}, ${grow(`v${i - 1}`)}, ${source})`;
    return `cel.bind(v0, ${first}, ${source})`;
  };

  test.each<[string, string]>([
    ['objects that double', growing(17, '{"a": 1}', (v) => `{"a": ${v}, "b": ${v}, "c": ${v}, "d": ${v}}`)],
    ['lists of everything', growing(17, '[1]', (v) => `[${v}, [${v}], {"a": ${v}}, "x", 1]`)],
    [
      'choices of everything',
      growing(17, '[1]', (v) => `trigger.payload.amount > 1 ? ${v} : {"a": ${v}, "b": [${v}]}`),
    ],
    [
      'comparisons of what doubled',
      `cel.bind(a, ${growing(14, '{"a": 1}', (v) => `{"a": ${v}, "b": ${v}, "c": ${v}}`)}, a == a && a in [a, a])`,
    ],
    ['texts that double', growing(17, '"0123456789abcdef"', (v) => `${v} + ${v} + ${v} + ${v}`)],
    ['literals that grow', `"a"${'.replace("a", "aaaaaaaa")'.repeat(30)} == ""`],
    ['a list of thousands', `[${Array.from({ length: 3_000 }, (_, i) => (i % 2 ? i : `"${i}"`)).join(',')}]`],
    ['a chain', Array.from({ length: 250 }, () => 'trigger.payload.amount').join(' + ')],
    ['conditions in conditions', `${'true ? has(trigger.payload.note) && ('.repeat(18)}true${') : false'.repeat(18)}`],
  ])('%s', (_, source) => {
    const start = process.cpuUsage();
    checkExpression(source, environment);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(250);
  });
});
