/** Compiling is quick, for what is long and for what is meant to be slow. */
import { describe, expect, test } from '@jest/globals';
import { MAX_DIAGNOSTICS } from '../../src/language/report';
import { compileText } from './registry';

/** The best of some runs; no more runs than it takes to come below the bound. While others use the machine, processor time counts. */
function bestMs(text: string, boundMs: number): number {
  let best = Infinity;
  for (let run = 0; run < 20 && best >= boundMs; run++) {
    const start = performance.now();
    const before = process.cpuUsage();
    compileText(text);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, performance.now() - start, (user + system) / 1_000);
  }
  return best;
}

function longDefinition(steps: number): string {
  const head = 'name: Long\nversion: 1.0.0\ntrigger: { payload: { text: string, amount: number } }\nsteps:\n';
  const one = (index: number): string =>
    index === 0
      ? '  - name: s0\n    tool: risk.score\n    provider: openrouter|local\n    input: { text: "${trigger.payload.text}" }\n'
      : `  - name: s${index}\n    if: steps.s${index - 1}.?output.?risk.orValue(0) > 0.5\n    tool: risk.score\n    provider: openrouter|local\n    input: { text: "at \${trigger.payload.text}" }\n`;
  return head + Array.from({ length: steps }, (_, index) => one(index)).join('');
}

/** 200 ms, and half as much again for what runs beside the tests. */
const LONG_MS = 300;

test('a definition of 1,000 steps takes under 200 ms where nothing else runs', () => {
  const text = longDefinition(1000);
  const compiled = compileText(text);
  expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(compiled.plan?.steps).toHaveLength(1000);
  expect(bestMs(text, LONG_MS)).toBeLessThan(LONG_MS);
});

const KIB_256 = 256 * 1024;
const fill = (part: string): string => part.repeat(Math.floor(KIB_256 / Buffer.byteLength(part)));
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...Array.from('bcdefghi', (name, index) => {
    const before = 'abcdefgh'[index];
    return `${name}: &${name} [${Array.from({ length: 5 }, () => `*${before}`).join(', ')}]`;
  }),
].join('\n');

function doublingTypes(levels: number): string {
  const names = Array.from({ length: levels }, (_, index) => index);
  const types = names.map((n) => `  t${n}: { x: t${n + 1}, y: t${n + 1} }\n`).join('');
  return `name: x\nversion: 1.0.0\ntypes:\n${types}  t${levels}: string\ntrigger: { payload: { p: t0 } }\nsteps: []`;
}

/** Each variable holds the one before twice. */
function doublingVariables(levels: number, value: (before: string) => string): string {
  const steps = Array.from(
    { length: levels },
    (_, n) => `  - { name: s${n + 1}, set: { v${n + 1}: ${value(`vars.v${n}`)} } }\n`,
  );
  return `name: x\nversion: 1.0.0\nsteps:\n  - { name: s0, set: { v0: { a: 1 } } }\n${steps.join('')}output: "\${vars.v${levels}}"`;
}

const HOSTILE: Readonly<Record<string, string>> = {
  'an alias bomb': bomb,
  'nested lists': fill('['),
  'nested mappings': fill('{a: '),
  'nested dashes': fill('- '),
  'nested question marks': fill('? '),
  'deep indentation': Array.from({ length: 720 }, (_, index) => `${' '.repeat(index)}a:`).join('\n'),
  'closing brackets': fill('}'),
  quotes: fill('"'),
  colons: fill(': '),
  directives: fill('%a\n'),
  documents: fill('---\n'),
  anchors: fill('&a '),
  tags: fill('!a '),
  'blank lines': fill('\n'),
  comments: fill('#\n'),
  tabs: fill('\t'),
  'one long key': `${'k'.repeat(KIB_256 - 10)}: 1`,
  'broken lines': fill('a: b: c\n'),
  'many keys': Array.from({ length: 9_500 }, (_, index) => `k${index}: v`).join('\n'),
  'one key, many times': Array.from({ length: 9_500 }, () => 'k: v').join('\n'),
  'unknown steps': `name: x\nversion: 1.0.0\nsteps:\n${Array.from({ length: 1_600 }, (_, index) => `  - { name: s${index}, tool: nope, if: "steps.q${index}.output.x > 1", inputs: { a: 1 } }`).join('\n')}`,
  'unterminated expressions': `name: x\nversion: 1.0.0\nsteps:\n${Array.from({ length: 1_600 }, (_, index) => `  - { name: s${index}, set: { a: "\${ {{{ '", b: "\${a.b" } }`).join('\n')}`,
  'one long expression': `name: x\nversion: 1.0.0\nsteps:\n  - { name: s, set: { a: "\${${fill('1+').slice(0, 200_000)}1}" } }`,
  'many braces': `name: x\nversion: 1.0.0\nsteps:\n  - { name: s, set: { a: "${'${'.repeat(100_000)}" } }`,
  'nested parallels': `name: x\nversion: 1.0.0\nsteps:\n${Array.from({ length: 25 }, (_, index) => `${'    '.repeat(index)}  - name: p${index}\n${'    '.repeat(index)}    steps:\n`).join('')}`,
  'types that double': doublingTypes(60),
  'variables that double': doublingVariables(30, (before) => `{ x: "\${${before}}", y: "\${${before}}" }`),
  'expressions that double': doublingVariables(30, (before) => `'\${{"x": ${before}, "y": ${before}}}'`),
  'conditions that double': doublingVariables(
    30,
    (before) => `'\${size("a") > 1 ? {"x": ${before}, "y": ${before}} : {"x": ${before}, "y": {}}}'`,
  ),
  'one type, many times': `name: x\nversion: 1.0.0\ntrigger: { payload: { ${Array.from({ length: 4_500 }, (_, index) => `f${index}: strin`).join(', ')} } }\nsteps: []`,
  enumerations: `name: x\nversion: 1.0.0\ntrigger: { payload: { a: "${fill('a | ').slice(0, 250_000)}a" } }\nsteps: []`,
};

describe('a hostile or broken text of up to 256 kB gets its diagnostics within 250 ms', () => {
  test.each(Object.entries(HOSTILE))('%s', (_, text) => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(KIB_256);
    const { plan, diagnostics } = compileText(text);
    expect(plan).toBeUndefined();
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.length).toBeLessThanOrEqual(MAX_DIAGNOSTICS + 1);
    expect(bestMs(text, 250)).toBeLessThan(250);
  });
});

describe('what would be too much for those who start it is refused', () => {
  const payload = (types: string, count: number, type: string): string =>
    `name: x\nversion: 1.0.0\n${types}trigger: { payload: { ${Array.from({ length: count }, (_, i) => `f${i}: ${type}`).join(', ')} } }\nsteps: [ { name: s, set: { a: 1 } } ]`;
  const words = Array.from({ length: 500 }, (_, i) => `word${i}`).join(' | ');

  test.each([
    [
      'patterns that take long to be made',
      payload('', 2_000, '{ type: string, pattern: "[a-z]{500}" }'),
      /^The payload comes to/,
    ],
    [
      'long words, many times',
      payload(`types: { e: ${words} }\n`, 2_000, 'e'),
      /^The definition comes to more than 2 MB/,
    ],
  ])('%s', (_, text, message) => {
    const { plan, definition, diagnostics } = compileText(text);
    expect(plan).toBeUndefined();
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: 'too-many-nodes', message: expect.stringMatching(message) }),
    );
    expect(JSON.stringify(definition).length).toBeLessThan(200_000);
  });

  test('and a thousand steps, or a thousand short patterns, are not', () => {
    expect(JSON.stringify(compileText(longDefinition(1_000)).plan).length).toBeLessThan(1_000_000);
    expect(compileText(payload('', 1_000, '{ type: string, pattern: "^[a-z]+$" }')).plan).toBeDefined();
  });
});

test('a variable that grows too large is named where it is set', () => {
  const { diagnostics } = compileText(HOSTILE['variables that double'] ?? '');
  expect(diagnostics.find(({ severity }) => severity === 'error')).toMatchObject({
    code: 'too-many-nodes',
    line: 15,
    column: 25,
    message: expect.stringMatching(/^The variable v11 comes to more than 5000 types/),
  });
});

test('when there is too much to show, errors come first and a note says how much more there is', () => {
  const { diagnostics } = compileText(HOSTILE['unknown steps'] ?? '');
  expect(diagnostics).toHaveLength(MAX_DIAGNOSTICS + 1);
  expect(diagnostics.at(-1)).toMatchObject({ code: 'too-many-findings', severity: 'hint' });
  expect(diagnostics.at(-1)?.message).toMatch(/^\d{4} more findings/);
});
