/** docs/providers.md says what the code says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createLocalProvider } from '../../src/providers/local/local';
import { createOpenrouter, OPENROUTER } from '../../src/providers/openrouter';
import { CONTRACTS } from '../../src/tools/contracts';
import type { Provider } from '../../src/tools/tool';

const page = readFileSync(path.join(__dirname, '../../docs/providers.md'), 'utf8').replace(/ +/g, ' ');
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

describe('docs/providers.md', () => {
  const providers: readonly Provider[] = [
    createLocalProvider({ modelsDir: 'models', phrasesDir: 'phrases' }),
    createOpenrouter({}),
  ];

  test('has a row for each tool: who provides it and how it repeats', () => {
    const mark = (provider: Provider, tool: string): string => (Object.hasOwn(provider.tools, tool) ? 'yes' : 'no');
    for (const { name, idempotent } of CONTRACTS)
      expect(page).toContain(
        row(`\`${name}\``, ...providers.map((provider) => mark(provider, name)), `\`${idempotent}\``),
      );
  });

  test('has a row for each variable', () => {
    for (const { name, variables } of providers)
      for (const variable of variables)
        expect(page).toContain(row(`\`${variable.name}\``, `\`${name}\``, variable.required ? 'yes' : 'no'));
  });

  test('names the default models', () => {
    const { chat, hearing, speech } = OPENROUTER.models;
    for (const model of [chat, hearing, speech?.model]) expect(page).toContain(`\`${model}\``);
    expect(page).toContain(OPENROUTER.baseUrl);
  });
});
