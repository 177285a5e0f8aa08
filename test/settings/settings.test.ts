/** Settings and flags on a real PostgreSQL: layers, changes seen by others, and rows that nobody can use. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Client } from 'pg';
import { loadConfig } from '../../src/config';
import type { Settings } from '../../src/settings/settings';
import { openSettings } from '../../src/settings/settings';
import type { Store } from '../../src/store/store';
import { until } from '../contracts/provider';
import { testDatabaseUrl, testSettings, testStore } from '../servers';

/** Of this run of the file: the database is everybody's. */
const section = `s${randomUUID().replaceAll('-', '')}`;
const flag = `F-${randomUUID()}`;
const OWN = `${section}_env`;
const config = loadConfig({
  OMNI_FEATURE_FLAGS: JSON.stringify([{ name: flag, enabled: true, rolloutPercentage: 20 }]),
  OMNI_SETTINGS: JSON.stringify({ [OWN]: { words: 200 } }),
});

let stores: readonly Store[];
let one: Settings;
let other: Settings;
let sql: Client;
let unusable = 0;
const logged: string[] = [];
beforeAll(async () => {
  stores = await Promise.all([testStore(), testStore()]);
  sql = new Client({ connectionString: await testDatabaseUrl() });
  await sql.connect();
  one = await testSettings(stores[0] as Store, config);
  other = await openSettings({
    config,
    table: (stores[1] as Store).settings,
    logger: pino({ level: 'error' }, { write: (line: string) => void logged.push(line) }),
    countUnusable: () => (unusable += 1),
  });
});
afterAll(async () => {
  await one.close();
  await other.close();
  await Promise.all([...stores.map((store) => store.close()), sql.end()]);
});

const author = { by: 'ana' };
const insert = (where: string, key: string, version: number, value: string): Promise<unknown> =>
  sql.query('INSERT INTO settings (section, key, version, value, changed_by) VALUES ($1, $2, $3, $4, $5)', [
    where,
    key,
    version,
    value,
    'somebody with SQL',
  ]);

describe('layers', () => {
  test('the database wins over the environment, and each layer is shown with what it says', async () => {
    expect(one.values.get(OWN, 'words')).toMatchObject({ value: 200, origin: 'environment', version: 0 });
    await one.values.set(OWN, 'words', 150, author);
    expect(one.values.get(OWN, 'words')).toMatchObject({
      value: 150,
      origin: 'database',
      layers: [
        { origin: 'environment', value: 200 },
        { origin: 'database', value: 150 },
      ],
      version: 1,
      changedBy: 'ana',
    });
    expect(one.flags.get(flag)).toMatchObject({ enabled: true, rolloutPercentage: 20, origin: 'environment' });
    expect(one.flags.get('LM_COACH_REASONING_MODEL')).toMatchObject({ origin: 'file' });
  });

  test('a secret is never shown, and what is read at the start cannot be changed here', async () => {
    const secret = await testSettings(
      stores[0] as Store,
      loadConfig({ OMNI_HTTP_CREDENTIALS: '{"shop":{"origins":["https://a.example"],"headers":{"k":"hush-hush"}}}' }),
    );
    const shown = secret.values.get('http', 'credentials');
    await secret.close();
    expect(shown).toMatchObject({ secret: true, origin: 'environment', layers: [{ origin: 'environment' }] });
    expect(JSON.stringify(shown)).not.toContain('hush-hush');
    await expect(one.values.set('server', 'port', 1, author)).rejects.toMatchObject({ problem: { type: 'policy' } });
    await expect(one.values.set('server', 'prot', 1, author)).rejects.toThrow('server.port');
  });

  test('what does not fit is refused: another type, a null, a name that promises a secret, too much', async () => {
    const refused = (key: string, value: never): Promise<unknown> => one.values.set(OWN, key, value, author);
    for (const [key, value] of Object.entries({ words: 'many', none: null, api_key: 'x', big: 'x'.repeat(9000) }))
      await expect(refused(key, value as never)).rejects.toMatchObject({ problem: { type: 'validation' } });
    await expect(one.values.set('logging', 'level', 'loud', author)).rejects.toMatchObject({
      problem: { type: 'validation' },
    });
  });
});

describe('changes', () => {
  test('another process sees a change of a flag and of a setting within two seconds', async () => {
    await one.values.set(section, 'words', 10, author);
    await one.flags.set(flag, { enabled: false }, author);
    const since = performance.now();
    await until(() => !other.flags.get(flag).enabled && other.values.find(section, 'words')?.value === 10);
    // Far above what it takes, so that a busy machine does not matter; the poll alone takes a second.
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(other.flags.get(flag)).toMatchObject({ rolloutPercentage: 20, changedBy: 'ana' });
  });

  test('what two change at the same moment are two versions, and nothing of either is lost', async () => {
    const name = `F-${randomUUID()}`;
    await one.flags.set(name, { enabled: true }, author);
    await Promise.all([
      one.flags.set(name, { enabled: true, rolloutPercentage: 30 }, author),
      other.flags.set(name, { enabled: true, description: 'both' }, { by: 'ben' }),
    ]);
    await one.flags.set(name, { enabled: false }, author);
    expect(one.flags.get(name)).toMatchObject({ rolloutPercentage: 30, description: 'both', version: 4 });
  });

  test('a change for an older version is refused with 412', async () => {
    await one.values.set(section, 'locked', 'a', { by: 'ana', ifVersion: 0 });
    await expect(other.values.set(section, 'locked', 'b', { by: 'ben', ifVersion: 0 })).rejects.toMatchObject({
      problem: { status: 412, data: { version: 1 } },
    });
  });

  test('a change is undone, the first one to what lies below the database', async () => {
    await one.values.set(section, 'mood', 'calm', author);
    await one.values.set(section, 'mood', 'brisk', author);
    await one.undo(section, 'mood', author);
    expect(one.values.get(section, 'mood').value).toBe('calm');
    await one.undo(section, 'mood', { by: 'ben', to: 0 });
    expect(one.values.find(section, 'mood')).toBeUndefined();
    expect(
      (await one.versions(section, 'mood')).map(({ version, value, changedBy }) => [version, value, changedBy]),
    ).toEqual([
      [4, undefined, 'ben'],
      [3, 'calm', 'ana'],
      [2, 'brisk', 'ana'],
      [1, 'calm', 'ana'],
    ]);
    await expect(one.undo(section, 'never', author)).rejects.toMatchObject({ problem: { type: 'conflict' } });
  });

  test('who changed what stays on record: no row is changed or removed', async () => {
    await expect(sql.query("UPDATE settings SET changed_by = 'nobody'")).rejects.toThrow('added, never changed');
    await expect(sql.query('DELETE FROM settings')).rejects.toThrow('added, never changed');
  });
});

describe('a row that nobody can use', () => {
  test('keeps the last good value in every process, is logged and counted once, shown, and undone', async () => {
    const name = `F-${randomUUID()}`;
    await one.flags.set(name, { enabled: true, rolloutPercentage: 100 }, author);
    const before = unusable;
    await insert('feature-flags', name, 2, '{"enabled":"perhaps"}');
    await until(() => other.flags.find(name)?.unusable !== undefined);
    await until(() => one.flags.find(name)?.unusable !== undefined);
    for (const each of [one, other]) {
      expect(each.flags.get(name)).toMatchObject({ enabled: true, version: 2, unusable: { version: 2 } });
      expect(await each.isOn(name, { context: {}, payload: {} })).toBe(true);
    }
    await one.values.set(section, 'noise', 1, author);
    await until(() => other.values.find(section, 'noise') !== undefined);
    expect(unusable).toBe(before + 1);
    expect(logged.filter((line) => line.includes(name))).toHaveLength(1);
    const late = await testSettings(stores[0] as Store, config);
    expect(late.flags.get(name)).toMatchObject({ enabled: true, unusable: { version: 2 } });
    await late.close();
    await one.undo('feature-flags', name, author);
    expect(one.flags.get(name)).toMatchObject({ enabled: true, version: 3 });
    expect(one.flags.get(name).unusable).toBeUndefined();
  });

  test('of which there is no good version leaves what lies below', async () => {
    await insert(`${section}_env`, 'other', 1, 'null');
    await insert('server', 'port', (await one.versions('server', 'port')).length + 1, '1');
    await until(() => unusable >= 2);
    expect(other.values.find(`${section}_env`, 'other')).toBeUndefined();
    expect(other.values.get('server', 'port')).toMatchObject({ value: 3000, origin: 'file' });
  });
});

test('a snapshot holds each flag as it is for the one who starts, and the settings of the operator’s own', async () => {
  const name = `F-${randomUUID()}`;
  await one.flags.set(
    name,
    { enabled: true, targeting: [{ when: 'context.plan == "pro"', enabled: true }], rolloutPercentage: 0 },
    author,
  );
  const pro = await one.snapshot({ context: { plan: 'pro' }, payload: {} });
  const free = await one.snapshot({ context: { plan: 'free' }, payload: {} });
  expect([pro.flags[name], free.flags[name]]).toEqual([true, false]);
  expect(pro.settings[OWN]).toMatchObject({ words: 150 });
  expect(pro.settings['server']).toBeUndefined();
});
