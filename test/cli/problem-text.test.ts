/** What a person is told about a problem. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { problemText } from '../../src/cli/problem-text';
import { outputText } from '../../src/cli/output-text';
import { isFinal, problemOf, PROBLEMS, type BuiltInProblemType } from '../../src/plan/problem';

const plain = (_: string, text: string): string => text;

test('the title, what happened, each fault, what to do next and where to read on', () => {
  const problem = problemOf('validation', 'The payload is not valid.', {
    step: 'score',
    provider: 'local',
    errors: [{ pointer: '/payload/userId', detail: 'is required' }],
  });
  expect(problemText(problem, plain)).toBe(
    [
      '✖ Invalid input (step score, provider local)',
      '  The payload is not valid.',
      '    /payload/userId  is required',
      '  Next: Mend what is named above and try again.',
      '  docs/problems.md#validation',
      '',
    ].join('\n'),
  );
});

test.each(Object.keys(PROBLEMS) as BuiltInProblemType[])(
  '%s has a next step of its own and a place in the documentation',
  (type) => {
    const text = problemText(problemOf(type, 'It happened.'), plain);
    expect(text).toMatch(/ {2}Next: [A-Z].+\./);
    expect(text).toContain(`docs/problems.md#${type}\n`);
  },
);

test('a problem that a definition raised itself has neither', () => {
  expect(problemText(problemOf('app/out-of-stock', 'No more.'), plain)).toBe('✖ app/out-of-stock\n  No more.\n');
});

test('long texts in an output are cut and say how long they are', () => {
  const shown = JSON.parse(outputText({ audio: 'U'.repeat(1_000), list: [{ text: 'short' }], n: 1 })) as Record<
    string,
    unknown
  >;
  expect(shown).toEqual({
    audio: `${'U'.repeat(40)}… (1000 characters; --json prints all)`,
    list: [{ text: 'short' }],
    n: 1,
  });
});

test('docs/problems.md has a heading for every type, in order, with its status and whether it is retried', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/problems.md'), 'utf8');
  const said = [...page.matchAll(/^## (\S+)\n\n(\d+)( · not retried)?\./gm)].map(([, type, status, final]) => [
    type,
    Number(status),
    final !== undefined,
  ]);
  expect(said).toEqual(Object.entries(PROBLEMS).map(([type, { status }]) => [type, status, isFinal(type)]));
});
