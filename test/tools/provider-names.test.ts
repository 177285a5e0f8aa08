/** Names of providers in definitions. */
import { expect, test } from '@jest/globals';
import { NAMED_PROVIDERS, resolveProvider } from '../../src/tools/provider-names';

test.each([
  ['openrouter', { provider: 'openrouter' }],
  ['deepseek-r1', { provider: 'deepseek', model: 'deepseek-v4-pro' }],
  ['integration-app.stt.local', { provider: 'local' }],
  ['integration-app.stt.premium', { provider: 'integration-app' }],
  ['integration-app.stt', undefined],
  ['nobody', undefined],
  ['nobody.stt.local', undefined],
  ['constructor', undefined],
  ['', undefined],
])('%s', (name, expected) => {
  expect(resolveProvider(name)).toEqual(expected);
});

test('every named provider stands for itself', () => {
  for (const provider of NAMED_PROVIDERS) expect(resolveProvider(provider)).toEqual({ provider });
});
