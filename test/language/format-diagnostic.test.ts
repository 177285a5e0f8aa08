/** Diagnostics as people read them. */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDiagnostic } from '../../src/language/format-diagnostic';
import { compileText } from './registry';

const TEXT = `name: Example
version: 1.0.0
trigger: { payload: { amount: number } }
steps:
  - { name: first, set: { a: "\${trigger.payload.amont}" } }
`;

function only(text: string) {
  const [diagnostic] = compileText(text, 'definitions/example.yaml').diagnostics;
  if (diagnostic === undefined) throw new Error('nothing was found');
  return diagnostic;
}

test('a diagnostic shows its place, the line with a caret, and the mend, as docs/errors.md quotes it', () => {
  const shown = formatDiagnostic(only(TEXT), { color: false });
  expect(shown.split('\n')).toEqual([
    'definitions/example.yaml:5:49 error unknown-field: Trigger.payload has no field amont. Did you mean amount?',
    '  5 |   - { name: first, set: { a: "${trigger.payload.amont}" } }',
    `    | ${' '.repeat(48)}^^^^^`,
    '    = suggestion: amount',
  ]);
  expect(readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8')).toContain(shown);
});

test('colours mark the severity, and are left out when not wanted', () => {
  expect(formatDiagnostic(only(TEXT), { color: true })).toContain('\u001b[31merror\u001b[0m');
  expect(formatDiagnostic(only(TEXT))).not.toContain('\u001b');
});

test('a long line is cut around the place', () => {
  const text = `name: Example\nversion: 1.0.0\nsteps: [ { name: first, description: "${'x'.repeat(600)}", tol: 1 } ]\n`;
  const [, line = '', caret = ''] = formatDiagnostic(only(text)).split('\n');
  expect(line.length).toBeLessThan(200);
  expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('tol');
});

test('control characters of the text do not reach the terminal', () => {
  const text = 'name: Example\nversion: "\\u001b[2J\u001b[2J"\nsteps: []\n';
  for (const diagnostic of compileText(text).diagnostics)
    expect(formatDiagnostic(diagnostic).replace('\n', '')).not.toContain('\u001b');
});

test('a place beyond the shown part of a huge line has no excerpt but keeps its column', () => {
  const text = `name: Example\nversion: 1.0.0\nsteps: [ { name: first, description: "${'x'.repeat(6000)}", tol: 1 } ]\n`;
  expect(only(text)).toMatchObject({ code: 'unknown-key', line: 3, column: 6042, length: 3 });
  expect(formatDiagnostic(only(text)).split('\n')).toHaveLength(2);
});
