/** The library's settings and flags, on a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import type { Configuration } from '../../src/library/configuration';
import { createConfiguration } from '../../src/library/configuration';
import type { Settings } from '../../src/settings/settings';
import type { Store } from '../../src/store/store';
import { testSettings, testStore } from '../servers';

let store: Store;
let settings: Settings;
let configuration: Configuration;
beforeAll(async () => {
  store = await testStore();
  const OMNI_HTTP_CREDENTIALS = '{"shop":{"origins":["https://a.example"],"headers":{"k":"hush"}}}';
  settings = await testSettings(store, loadConfig({ OMNI_HTTP_CREDENTIALS }));
  configuration = createConfiguration(settings);
});
afterAll(async () => {
  await settings.close();
  await store.close();
});

const refusal = (type: string): object => ({ problem: { type } });

test('a flag is made, rolled out and read for somebody', async () => {
  const name = `F-${randomUUID()}`;
  await expect(configuration.getFeatureFlag(name, {})).rejects.toMatchObject(refusal('not-found'));
  await configuration.setFeatureFlag(name, true, {
    by: 'ana',
    targeting: [{ when: 'payload.n > 1' }],
    rolloutPercentage: 0,
  });
  expect(await configuration.getFeatureFlag(name, { userId: 'u', payload: { n: 2 } })).toBe(true);
  expect(await configuration.getFeatureFlag(name, { userId: 'u', payload: { n: 1 } })).toBe(false);
  expect(await configuration.setFeatureFlag(name, true, { rolloutPercentage: 100 })).toMatchObject({
    targeting: [{ when: 'payload.n > 1', enabled: true }],
    changedBy: 'library',
    version: 2,
  });
  await expect(configuration.setFeatureFlag(name, true, { version: 1 })).rejects.toMatchObject(refusal('conflict'));
  const wrong = configuration.setFeatureFlag(name, true, { rolloutPercentage: 101 });
  await expect(wrong).rejects.toMatchObject({ problem: { errors: [{ pointer: '/rolloutPercentage' }] } });
});

test('a setting is read with its default until somebody sets it; a secret is refused', async () => {
  const section = `s${randomUUID().replaceAll('-', '')}`;
  expect(await configuration.getConfigValue(section, 'words', 100)).toBe(100);
  await expect(configuration.getConfigValue(section, 'words')).rejects.toMatchObject(refusal('not-found'));
  await configuration.setConfigValue(section, 'words', 200, { by: 'ana' });
  expect(await configuration.getConfigValue(section, 'words', 100)).toBe(200);
  expect(await configuration.getConfigValue('server', 'port')).toBe(3000);
  await expect(configuration.getConfigValue('http', 'credentials', {})).rejects.toMatchObject(refusal('policy'));
});
