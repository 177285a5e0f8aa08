/** docs/errors.md explains every code, and each of its examples brings out the code that it stands under. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDefinition } from '../../src/language/compile';
import type { DiagnosticCode } from '../../src/language/diagnostic-codes';
import { DIAGNOSTIC_CODES } from '../../src/language/diagnostic-codes';
import { EXPRESSION_CODES } from '../../src/language/expression-check';
import { testRegistry } from './registry';

const PAGE = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');
const SECTIONS = PAGE.split(/^## /m)
  .slice(1)
  .map((section) => ({
    code: /^`([a-z-]+)`/.exec(section)?.[1] as DiagnosticCode,
    severity: /^_(Error|Warning|Hint)\._/m.exec(section)?.[1]?.toLowerCase(),
    example: expanded(/```yaml\n([\s\S]*?)```/.exec(section)?.[1] ?? ''),
    mend: /^\*\*Mend\*\*: \S/m.test(section),
  }));

/** `# ×100` at the end of a line stands for a hundred such lines. */
function expanded(text: string): string {
  return text.replace(/^(.*) # ×(\d+)\n/gm, (_, line: string, times: string) => `${line}\n`.repeat(Number(times)));
}

test('every code has one heading, and every heading is a code', () => {
  expect(SECTIONS.map(({ code }) => code).sort()).toEqual(Object.keys(DIAGNOSTIC_CODES).sort());
});

test('every code of the expression checker is among the codes', () => {
  expect(Object.keys(DIAGNOSTIC_CODES)).toEqual(expect.arrayContaining([...EXPRESSION_CODES]));
});

describe('the example under', () => {
  const registry = testRegistry();
  const definitions = { reached: new Map(), ids: ['send-invoice'] };
  const schemas = (name: string) => ({ fault: `There is no file ${name} in the definitions folder.` });

  test.each(SECTIONS.map((section) => [section.code, section] as const))(
    '%s brings it out',
    (code, { example, severity, mend }) => {
      expect(mend).toBe(true);
      expect(severity).toBe(DIAGNOSTIC_CODES[code].severity);
      const { diagnostics, plan } = compileDefinition(
        { text: example, file: 'example.yaml', schemas, definitions },
        registry,
      );
      expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
      expect(plan === undefined).toBe(diagnostics.some((diagnostic) => diagnostic.severity === 'error'));
    },
  );
});
