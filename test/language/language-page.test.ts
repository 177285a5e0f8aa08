/** Every block of YAML in the language reference compiles and runs, and the reference speaks of every word. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldTableText } from '../../src/language/field-table';
import { DEFINITION_WORDS, KIND_WORDS, STEP_WORDS, TYPE_WORDS } from '../../src/language/vocabulary';
import type { Json } from '../../src/plan/json';
import { parseScenarios } from '../../src/language/scenario-file';
import { runScenario } from '../../src/scenarios/run-scenario';
import { findingsOf, testRegistry, withSteps } from './registry';

const PAGE = readFileSync(join(__dirname, '../../docs/language.md'), 'utf8');
const BLOCKS = [...PAGE.matchAll(/```yaml( steps| fragment)?\n([\s\S]*?)```/g)].map(([, form = '', text = '']) => ({
  text:
    form === ' steps'
      ? withSteps(text)
      : form === ' fragment'
        ? `${text}\n${withSteps('  - { name: s, tool: crm.note, provider: local }\n')}`
        : text,
}));

describe('the YAML of the language reference compiles', () => {
  test.each(BLOCKS.map(({ text }, index) => [index + 1, text] as const))('block %i', (_, text) => {
    expect(findingsOf(text, ['error'])).toEqual([]);
  });

  test('all of it', () => {
    expect(BLOCKS.length).toBe(PAGE.split('```yaml').length - 1);
  });
});

/** What the examples ask their callers for. */
const CONTEXT = { vip: true, done: false, orders: [{ text: 'a' }, { text: 'b' }] };
const CALLED = `name: Called
version: 1.0.0
trigger: { payload: { orderId?: string, invoice?: string } }
steps: [{ name: give, return: { number: A-1 } }]
`;

/** Tools answer with values of their types, in virtual time. */
async function run(text: string): Promise<Json | undefined> {
  const registry = testRegistry();
  const scenario = {
    name: 'an example',
    unmocked: 'sample',
    setup: ['create_mock_agent a engineer'],
    steps: [{ action: 'execute_workflow', input: { workflowName: 'page', context: CONTEXT } }],
  };
  const { scenarios } = parseScenarios({ text: JSON.stringify(scenario), file: 'example.scenarios.yaml' }, registry);
  const [first] = scenarios;
  if (first === undefined) throw new Error('The scenario cannot be read.');
  const { error, steps } = await runScenario(first, {
    registry,
    flags: {},
    settings: {},
    now: () => 0,
    definition: (id) => Promise.resolve({ text: id === 'page' ? text : CALLED, file: `${id}.yaml` }),
  });
  expect(error).toBeUndefined();
  return steps[0]?.output;
}

describe('the YAML of the language reference runs', () => {
  test.each(BLOCKS.map(({ text }, index) => [index + 1, text] as const))('block %i', async (_, text) => {
    const failing = text.includes('type: out-of-stock');
    expect(await run(text)).toMatchObject(
      failing ? { status: 'failed', error: { type: 'app/out-of-stock' } } : { status: 'completed' },
    );
  });
});

test('it speaks of every word of the language', () => {
  const words = [DEFINITION_WORDS, STEP_WORDS, TYPE_WORDS, ...Object.values(KIND_WORDS)].flatMap((table) =>
    Object.keys(table),
  );
  for (const word of words) expect([word, new RegExp(`\\b${word}\\b`).test(PAGE)]).toEqual([word, true]);
});

test('its tables of keys are those of the vocabulary', () => {
  const bare = (text: string): string => text.replace(/-{3,}/g, '---').replace(/\s+/g, ' ').trim();
  const [, written = ''] = /<!-- keys -->([\s\S]*)<!-- end of keys -->/.exec(PAGE) ?? [];
  // After a change: node scripts/language.mjs
  expect(bare(written)).toBe(bare(fieldTableText()));
});
