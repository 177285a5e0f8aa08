/** Whatever the text, the compiler answers with diagnostics inside the text, and never throws. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIAGNOSTIC_CODES } from '../../src/language/diagnostic-codes';
import { formatDiagnostic } from '../../src/language/format-diagnostic';
import type { Words } from '../../src/language/vocabulary';
import {
  COMPENSATE_WORDS,
  KIND_WORDS,
  REMINDER_WORDS,
  REPEAT_WORDS,
  RETRY_WORDS,
  STEP_WORDS,
  WAIT_FOR_WORDS,
  WAIT_WORDS,
} from '../../src/language/vocabulary';
import { FAULTS } from './faults';
import { compileText, planOf, withSteps } from './registry';

const COACH = readFileSync(join(__dirname, '../../definitions/bilingual-coach.yaml'), 'utf8');
const TEXTS = [COACH, ...FAULTS.map(({ text }) => text).filter((text) => text.length < 2_000)];

function checkAnswer(text: string): void {
  const { plan, diagnostics } = compileText(text);
  const lines = text.split('\n');
  for (const diagnostic of diagnostics) {
    const { code, line, column, length, source } = diagnostic;
    expect(Object.hasOwn(DIAGNOSTIC_CODES, code)).toBe(true);
    const written = (lines[line - 1] ?? '').replace(/\r$/, '');
    expect(source).toBe(written.slice(0, 2_000));
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual(written.length + 1);
    expect(length).toBeGreaterThanOrEqual(1);
    expect(column - 1 + length).toBeLessThanOrEqual(Math.max(written.length, column));
    expect(formatDiagnostic(diagnostic)).toContain(code);
  }
  expect(plan === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
}

const piece = fc.oneof(
  fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '${',
    '$${',
    '"',
    "'",
    ': ',
    ' #',
    '- ',
    '\n',
    '\t',
    '&a ',
    '*a',
    '!',
    '|',
    '>',
    '?',
    'null',
    '1.5',
    'steps',
    'if: ',
    'tool: ',
    'onError: ',
    '\r\n',
    '\u0000',
    '\ud800',
    '🜁',
    '__proto__: 1',
    '%',
    '---\n',
  ),
  fc.string({ maxLength: 8 }),
);

test('a definition with pieces cut out and put in', () => {
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(12), put: piece });
  fc.assert(
    fc.property(fc.constantFrom(...TEXTS), fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
      const edited = edits.reduce((now, { at, cut, put }) => {
        const start = Math.floor(at * now.length);
        return now.slice(0, start) + put + now.slice(start + cut);
      }, text);
      checkAnswer(edited);
    }),
    { numRuns: 400 },
  );
});

test('a definition whose lines are shuffled, dropped and repeated', () => {
  const lines = fc
    .constantFrom(...TEXTS)
    .chain((text) => fc.array(fc.constantFrom(...text.split('\n')), { maxLength: 30 }));
  fc.assert(
    fc.property(lines, (chosen) => checkAnswer(chosen.join('\n'))),
    { numRuns: 200 },
  );
});

test('any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => checkAnswer(JSON.stringify(value))),
    { numRuns: 100 },
  );
});

test('the value of every key may be anything', () => {
  const keys = ['name', 'id', 'version', 'trigger', 'types', 'defaults', 'steps', 'output', 'guards'];
  const odd = fc.constantFrom(
    '',
    '1',
    'x',
    '[]',
    '{}',
    'true',
    '[1]',
    '{ a: 1 }',
    '"${"',
    '[[]]',
    '{ a: { a: { a: a } } }',
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), odd), (fields) =>
      checkAnswer(
        Object.entries(fields)
          .map(([key, value]) => `${key}: ${value}\n`)
          .join(''),
      ),
    ),
    { numRuns: 200 },
  );
});

const STEP_KEYS = [...new Set([STEP_WORDS, ...Object.values(KIND_WORDS)].flatMap((words) => Object.keys(words)))];
const odd = fc.constantFrom(
  '',
  '1',
  '2s',
  'risk.score',
  'local',
  'continue',
  '[]',
  '{}',
  'true',
  '[1]',
  '{ a: 1 }',
  '[ { name: i, set: { b: 1 } } ]',
  '{ a: { set: { c: 1 } } }',
  '[ { when: "true" } ]',
  '[ { default: [] } ]',
  '"${vars.a}"',
  'steps.i.output',
);
const flowMap = (fields: Readonly<Record<string, string>>): string =>
  `{ ${Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`;

test('so may the value of every key of a step', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...STEP_KEYS), odd, { minKeys: 1 }), (fields) =>
      checkAnswer(withSteps(`  - ${flowMap(fields)}\n`)),
    ),
    { numRuns: 400 },
  );
});

/** Keys that hold words of their own, beside what the step needs to be one of its kind. */
const PARTS: readonly (readonly [around: (part: string) => string, words: Words])[] = [
  [(part) => `{ name: s, repeat: ${part}, steps: [ { name: i, wait: 1s } ] }`, REPEAT_WORDS],
  [(part) => `{ name: s, wait: ${part} }`, WAIT_WORDS],
  [(part) => `{ name: s, waitFor: ${part} }`, WAIT_FOR_WORDS],
  [(part) => `{ name: s, waitFor: { signal: go, reminders: [ ${part} ] } }`, REMINDER_WORDS],
  [(part) => `{ name: s, tool: risk.score, provider: local, compensate: ${part} }`, COMPENSATE_WORDS],
  [(part) => `{ name: s, tool: risk.score, provider: local, retry: [ ${part} ] }`, RETRY_WORDS],
  ...Object.entries(KIND_WORDS).map(
    ([kind, words]) => [(part: string) => part.replace('{', `{ name: s, ${kind}: a, `), words] as const,
  ),
];

test('and that of every key inside a step, and no step is lost without a word', () => {
  const part = fc
    .constantFrom(...PARTS)
    .chain(([around, words]) =>
      fc.dictionary(fc.constantFrom(...Object.keys(words)), odd).map((fields) => around(flowMap(fields))),
    );
  fc.assert(
    fc.property(part, (step) => {
      const text = withSteps(`  - ${step}\n`);
      checkAnswer(text);
      expect(compileText(text).plan?.steps.length ?? 1).toBe(1);
    }),
    { numRuns: 800 },
  );
});

test('a plan is plain JSON, equal after a journey through text', () => {
  const plan = planOf(COACH);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});
