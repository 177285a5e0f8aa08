/** docs/testing.md: its scenarios are read without a fault, the first one passes, and its tables hold every word. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { parseScenarios } from '../../src/language/scenario-file';
import { EXPECT_WORDS, MOCK_WORDS } from '../../src/language/scenario-words';
import { play, registry } from './support';

const root = path.resolve(__dirname, '../..');
const page = readFileSync(path.join(root, 'docs/testing.md'), 'utf8');
const examples = [...page.matchAll(/```yaml scenario\n([\s\S]*?)```/g)].map(([, text = '']) => text);

test('every example is read without a fault', () => {
  expect(examples.length).toBeGreaterThanOrEqual(3);
  for (const text of examples) expect(parseScenarios({ text, file: 'testing.md' }, registry).diagnostics).toEqual([]);
});

test('the first example passes against the flagship', async () => {
  const flagship = readFileSync(path.join(root, 'definitions/bilingual-coach.yaml'), 'utf8');
  const { error, differences } = await play(examples[0] ?? '', { 'bilingual-coach': flagship });
  expect([error, differences]).toEqual([undefined, []]);
});

test.each([...Object.keys(MOCK_WORDS), ...Object.keys(EXPECT_WORDS)])('the tables hold %s', (word) => {
  expect(page).toMatch(new RegExp(`^\\|[^|]*\`${word}\``, 'm'));
});
