/** Settings and feature flags of a running platform: layers below, the database on top, one face for the API, the library and every start. */
import type { Logger } from 'pino';
import type { Config } from '../config';
import type { Json } from '../plan/json';
import type { StartFacts } from '../plan/load';
import type { Snapshot } from '../plan/record';
import type { SettingTable } from '../store/setting-table';
import type { Author, ChangeParts } from './change';
import { undo } from './change';
import { NO_FACTS, parseFlag } from './flag';
import { openFlagClient } from './flag-client';
import type { Flags } from './flags';
import { createFlags, FLAGS_SECTION } from './flags';
import { LiveRows } from './live-rows';
import type { Values } from './values';
import { createValues } from './values';

export interface Settings {
  readonly flags: Flags;
  readonly values: Values;
  /** What a flag comes to for somebody who starts. Throws `not-found`. */
  isOn(name: string, facts: StartFacts): Promise<boolean>;
  /** What an execution that starts now goes by for its whole life. */
  snapshot(facts?: StartFacts): Promise<Snapshot>;
  /** The newest first; a flag's section is `feature-flags`. */
  versions(section: string, key: string): Promise<readonly SettingVersion[]>;
  /** To the version before, or the one that is named. Throws `conflict`, `not-found`, `validation`. */
  undo(section: string, key: string, author: Author & { readonly to?: number }): Promise<void>;
  close(): Promise<void>;
}

export interface SettingVersion {
  readonly version: number;
  /** Absent: taken back, what lies below the database counts. */
  readonly value?: Json;
  readonly changedBy: string;
  /** ISO 8601. */
  readonly changedAt: string;
}

export interface SettingsOptions {
  readonly config: Pick<Config, 'featureFlags' | 'settings'>;
  readonly table: SettingTable;
  readonly logger: Logger;
  /** Counts versions in the database that cannot be used. */
  readonly countUnusable: () => void;
}

/** Rejects when the database does not answer. From then on what it says is followed. */
export async function openSettings({ config, table, logger, countUnusable }: SettingsOptions): Promise<Settings> {
  const startLevel = logger.level;
  // Both ask the other: what is stored is checked against what lies below it.
  const opened: { parts?: ChangeParts } = {};
  const values = createValues(() => opened.parts as ChangeParts, config.settings);
  const faultOf = (section: string, key: string, value: Json): string | undefined =>
    section === FLAGS_SECTION ? flagFault(value) : values.faultOf(section, key, value);
  const setLevel = (): void => {
    const level = opened.parts?.rows.find('logging', 'level')?.value;
    logger.level = typeof level === 'string' ? level : startLevel;
  };
  const rows = await LiveRows.open({
    table,
    faultOf,
    onUnusable({ section, key, version, by }, detail) {
      countUnusable();
      logger.error({ section, key, version, by, detail }, 'stored setting cannot be used, the last good value counts');
    },
    onReach(error) {
      if (error === undefined) logger.info('settings are followed again');
      else logger.warn({ error }, 'settings cannot be asked for, the last known values count');
    },
    onChange: () => setLevel(),
  });
  const parts = { rows, table };
  opened.parts = parts;
  setLevel();
  const flags = createFlags(parts, config.featureFlags);
  const client = await openFlagClient((name) => flags.find(name));
  return {
    flags,
    values,
    isOn: (name, facts) => client.isOn(flags.get(name).name, facts),
    async snapshot(facts = NO_FACTS) {
      const names = flags.list().map(({ name }) => name);
      const on = await Promise.all(names.map(async (name) => [name, await client.isOn(name, facts)] as const));
      return { flags: Object.fromEntries(on), settings: values.own() };
    },
    async versions(section, key) {
      const found = await table.versions(section, key);
      return found.map(({ version, value, by, at }) => ({
        version,
        ...(value === undefined ? {} : { value }),
        changedBy: by,
        changedAt: at.toISOString(),
      }));
    },
    undo: (section, key, author) =>
      undo({ ...parts, faultOf: (value) => faultOf(section, key, value) }, { section, key }, author),
    async close() {
      await rows.close();
      await client.close();
    },
  };
}

function flagFault(value: Json): string | undefined {
  try {
    parseFlag(value);
    return undefined;
  } catch {
    return 'it is no feature flag: enabled, rolloutPercentage from 0 to 100, description, targeting';
  }
}
