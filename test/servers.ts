/** The servers of the whole test run, as test files reach them. */
import { pino } from 'pino';
import type { Config } from '../src/config';
import { loadConfig } from '../src/config';
import type { Settings } from '../src/settings/settings';
import { openSettings } from '../src/settings/settings';
import type { Store } from '../src/store/store';
import { openStore } from '../src/store/store';

/** Asks jest's own process for a server's address or the bundle's path. */
async function ground(what: 'temporal' | 'database' | 'bundle'): Promise<string> {
  const response = await fetch(`${process.env['TEST_GROUND']}/${what}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`The test ground could not give ${what}:\n${text}`);
  return text;
}

/** URL of the run's PostgreSQL, with the newest schema. */
export const testDatabaseUrl = (): Promise<string> => ground('database');

/** `host:port` of the run's Temporal server. */
export const testTemporalAddress = (): Promise<string> => ground('temporal');

/** Path of the bundled workflows. */
export const testBundlePath = (): Promise<string> => ground('bundle');

/** The run's database; close it after the tests. */
export async function testStore(): Promise<Store> {
  return openStore(await testDatabaseUrl());
}

/** Settings as a process of the run knows them; close them before the store. */
export function testSettings(
  { settings }: Pick<Store, 'settings'>,
  config: Pick<Config, 'featureFlags' | 'settings'> = loadConfig({}),
): Promise<Settings> {
  return openSettings({ config, table: settings, logger: pino({ level: 'silent' }), countUnusable: () => undefined });
}
