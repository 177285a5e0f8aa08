/** Every block of YAML in the language reference compiles, and the reference speaks of every word. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldTableText } from '../../src/language/field-table';
import { DEFINITION_WORDS, KIND_WORDS, STEP_WORDS, TYPE_WORDS } from '../../src/language/vocabulary';
import { findingsOf, withSteps } from './registry';

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
