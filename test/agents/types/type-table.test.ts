import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { withTypeTables } from '../../../src/agents/types/type-table';
import { typesOf } from './parts';

const page = readFileSync(path.join(__dirname, '../../../docs/agents.md'), 'utf8');

test('docs/agents.md holds the tables that `node scripts/agents.mjs` writes', () => {
  expect(page).toBe(withTypeTables(page, typesOf()));
});

test('the five types of the specification are there, each with words of its own', () => {
  const types = typesOf();
  expect(types.map(({ type }) => type)).toEqual(['manager', 'engineer', 'tester', 'docs', 'security']);
  for (const { capabilities, aliases = {} } of types) {
    for (const name of Object.keys(capabilities)) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const [alias, name] of Object.entries(aliases)) {
      expect(Object.keys(capabilities)).toContain(name);
      expect(Object.keys(capabilities)).not.toContain(alias);
    }
  }
});
