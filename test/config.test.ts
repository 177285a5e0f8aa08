/** Claims about what is read from outside when a process starts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { loadConfig } from '../src/config';
import { variableRow, VARIABLES } from '../src/config/variables';

const dir = mkdtempSync(path.join(tmpdir(), 'omni-config-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function settings(content: unknown): string {
  const file = path.join(dir, 'settings.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('an empty environment gives the defaults of the specification', () => {
  expect(loadConfig({})).toMatchObject({
    environment: 'development',
    host: '127.0.0.1',
    port: 3000,
    temporal: { namespace: 'default', taskQueue: 'omni-engine', port: 7233, uiPort: 8233 },
    featureFlags: [{ name: 'LM_COACH_REASONING_MODEL', enabled: true, rolloutPercentage: 50 }],
  });
});

test('the environment wins over the settings file, and the file over the defaults', () => {
  const CONFIG_PATH = settings({ server: { port: 4000, host: '127.0.0.2' }, logging: { level: 'warn' } });
  expect(loadConfig({ CONFIG_PATH, PORT: '5000' })).toMatchObject({ port: 5000, host: '127.0.0.2', logLevel: 'warn' });
});

test('settings of the operator’s own and flags come in layers, each with its origin', () => {
  const CONFIG_PATH = settings({
    settings: { coach: { maxWords: 200, mood: 'calm' } },
    featureFlags: [
      { name: 'A', enabled: true },
      { name: 'B', enabled: true, targeting: [{ when: 'context.x == 1' }] },
    ],
  });
  const { settings: all, featureFlags } = loadConfig({
    CONFIG_PATH,
    PORT: '5000',
    OMNI_SETTINGS: '{"coach":{"maxWords":100}}',
    OMNI_FEATURE_FLAGS: '[{"name":"A","enabled":false}]',
  });
  const layersOf = (section: string, key: string): unknown =>
    all.find((one) => one.section === section && one.key === key)?.layers;
  expect(layersOf('coach', 'maxWords')).toEqual([
    { origin: 'file', value: 200 },
    { origin: 'environment', value: 100 },
  ]);
  expect(layersOf('coach', 'mood')).toEqual([{ origin: 'file', value: 'calm' }]);
  expect(layersOf('server', 'port')).toEqual([
    { origin: 'default', value: 3000 },
    { origin: 'environment', value: 5000 },
  ]);
  expect(featureFlags.map(({ name, enabled, origin }) => [name, enabled, origin])).toEqual([
    ['LM_COACH_REASONING_MODEL', false, 'default'],
    ['A', false, 'environment'],
    ['B', true, 'file'],
  ]);
});

test('a section of the platform’s name, a rule that reads what no start has, and a broken one are refused', () => {
  const read = (content: unknown) => (): unknown => loadConfig({ CONFIG_PATH: settings(content) });
  const rule = (when: string): unknown => ({ featureFlags: [{ name: 'A', enabled: true, targeting: [{ when }] }] });
  expect(read({ settings: { server: { own: 1 } } })).toThrow('section of the platform');
  expect(read({ settings: { coach: { none: null } } })).toThrow('null');
  expect(read(rule('steps.a.output == 1'))).toThrow('reads steps');
  expect(read(rule('context.x ==='))).toThrow('targeting');
});

test('an empty variable counts as absent', () => {
  expect(loadConfig({ PORT: '', TEMPORAL_ADDRESS: '' })).toMatchObject({ port: 3000 });
  expect(loadConfig({ TEMPORAL_ADDRESS: '' }).temporal.address).toBeUndefined();
});

test('prices of the file at OMNI_PRICES win over those of the settings file, one by one', () => {
  const CONFIG_PATH = settings({ prices: { acme: { small: { usdPerCall: 1 }, 'crm.note': { usdPerCall: 2 } } } });
  const OMNI_PRICES = path.join(dir, 'prices.json');
  writeFileSync(OMNI_PRICES, JSON.stringify({ acme: { small: { usdPerMillionInputTokens: 3 } }, other: { '*': {} } }));
  expect(loadConfig({ CONFIG_PATH, OMNI_PRICES }).prices).toEqual({
    acme: { small: { usdPerMillionInputTokens: 3 }, 'crm.note': { usdPerCall: 2 } },
    other: { '*': {} },
  });
  writeFileSync(OMNI_PRICES, JSON.stringify({ acme: { small: { usdPerToken: 3 } } }));
  expect(() => loadConfig({ OMNI_PRICES })).toThrow('usdPerToken');
  expect(() => loadConfig({ OMNI_PRICES: '/nowhere/prices.json' })).toThrow('/nowhere/prices.json');
  expect(() => loadConfig({ CONFIG_PATH: settings({ prices: { acme: { small: { usdPerCall: -1 } } } }) })).toThrow(
    'prices',
  );
});

test('all wrong values are named in one error', () => {
  const CONFIG_PATH = settings({ server: { prot: 1 }, featureFlags: [{ name: 'X' }] });
  const attempt = (): unknown =>
    loadConfig({ CONFIG_PATH, PORT: 'eighty', LOG_LEVEL: 'loud', DATABASE_URL: 'nowhere' });
  for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'server.prot', 'featureFlags'])
    expect(attempt).toThrow(name);
});

test('a secret is never part of the complaint', () => {
  expect(() => loadConfig({ DATABASE_URL: 'hunter2', PORT: 'x' })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
  );
});

test('a settings file that is missing or broken is named', () => {
  expect(() => loadConfig({ CONFIG_PATH: '/nowhere/x.json' })).toThrow('/nowhere/x.json');
  expect(() => loadConfig({ CONFIG_PATH: settings('{ "server": ') })).toThrow('settings.json');
});

test('in production nothing is made up: what is missing is named, all at once', () => {
  const attempt = (): unknown => loadConfig({ NODE_ENV: 'production' });
  expect(attempt).toThrow('DATABASE_URL');
  expect(attempt).toThrow('TEMPORAL_ADDRESS');
  expect(attempt).toThrow('ENCRYPTION_KEY');
  const given = {
    NODE_ENV: 'production',
    NEON_DATABASE_URL: 'postgres://u:p@db.example/x',
    TEMPORAL_ADDRESS: 't:7233',
    ENCRYPTION_KEY: 'only a start looks at it',
  };
  expect(loadConfig(given)).toMatchObject({ behindProxy: true, database: { url: 'postgres://u:p@db.example/x' } });
});

test('DATABASE_URL wins over NEON_DATABASE_URL', () => {
  const both = { DATABASE_URL: 'postgres://a/a', NEON_DATABASE_URL: 'postgres://b/b' };
  expect(loadConfig(both).database.url).toBe('postgres://a/a');
});

test('docs/environment.md holds exactly the table of variables', () => {
  const text = readFileSync(path.join(__dirname, '..', 'docs', 'environment.md'), 'utf8');
  const written = text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/ +/g, ' ').replace(/\| (?=\|)/g, '| '));
  expect(written).toEqual(VARIABLES.map(variableRow));
});
