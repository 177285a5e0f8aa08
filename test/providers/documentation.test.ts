/** docs/providers.md says what the code says, and every provider says enough of itself. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { VARIABLES } from '../../src/config/variables';
import { OPENROUTER } from '../../src/providers/openrouter';
import { providerTables, withTables } from '../../src/providers/provider-tables';
import { createProviders } from '../../src/providers/providers';
import { CONTRACTS } from '../../src/tools/contracts';

const page = readFileSync(path.join(__dirname, '../../docs/providers.md'), 'utf8');
const providers = createProviders({ modelsDir: '', definitionsDir: '', variables: {} });

describe('docs/providers.md', () => {
  test('holds the tables that `node scripts/providers.mjs` writes', () => {
    expect(page).toBe(withTables(page, providerTables(providers, CONTRACTS)));
  });

  test('names the usual models of OpenRouter', () => {
    const { chat, hearing, speech } = OPENROUTER.models;
    for (const model of [chat, hearing, speech?.model]) expect(page).toContain(`\`${model}\``);
    expect(page).toContain(OPENROUTER.baseUrl ?? '?');
  });
});

describe('every provider', () => {
  test('reads only variables that the configuration names', () => {
    const named = VARIABLES.map(({ name }) => name);
    for (const { variables } of providers) for (const { name } of variables) expect(named).toContain(name);
  });

  test('says when and where it found each of its prices', () => {
    for (const { prices } of providers)
      for (const { date, source } of Object.values(prices?.rates ?? {})) {
        expect(date).toMatch(/^20\d\d-[01]\d(-[0-3]\d)?$/);
        expect(source).toMatch(/^https:/);
      }
  });

  test('says from which pages it was written, unless it runs on this machine', () => {
    for (const { name, sources } of providers)
      if (name !== 'local') expect([name, ...(sources ?? [])].length).toBeGreaterThan(1);
  });
});
