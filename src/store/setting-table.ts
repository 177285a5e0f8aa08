/** Settings and flags, one row per version: the table `settings`. Rows are only ever added. */
import type { Pool } from 'pg';
import type { Json } from '../plan/json';
import type { Listener } from './listener';

export interface StoredSetting {
  readonly section: string;
  readonly key: string;
  /** From 1. */
  readonly version: number;
  /** Undefined: taken back, what lies below the database counts. Whoever wrote it, it may not be what we would take. */
  readonly value: Json | undefined;
  readonly by: string;
  readonly at: Date;
}

export interface SettingTable {
  /** False: that version is there already, somebody else was faster. */
  add(row: Omit<StoredSetting, 'at'>): Promise<boolean>;
  /** The newest version of each. */
  latest(): Promise<readonly StoredSetting[]>;
  /** The newest first, 200 at most, all of them below `before`. */
  versions(section: string, key: string, before?: number): Promise<readonly StoredSetting[]>;
  version(section: string, key: string, version: number): Promise<StoredSetting | undefined>;
  /** Grows with every change. */
  revision(): Promise<number>;
  /** A hint that something has changed; it may be lost. */
  listen(hear: () => void): { readonly stop: () => void };
}

const MAX_VERSIONS = 200;

interface Row {
  readonly section: string;
  readonly key: string;
  readonly version: number;
  readonly value: Json;
  /** SQL's null and JSON's null look alike otherwise. */
  readonly given: boolean;
  readonly by: string;
  readonly at: Date;
}

const COLUMNS = 'section, key, version, value, value IS NOT NULL AS given, changed_by AS "by", changed_at AS at';

export function settingTable(listener: Listener, pool: Pool): SettingTable {
  const select = async (rest: string, values: readonly unknown[] = []): Promise<readonly StoredSetting[]> => {
    const { rows } = await pool.query<Row>(`SELECT ${rest}`, [...values]);
    return rows.map(({ given, value, ...row }) => ({ ...row, value: given ? value : undefined }));
  };
  return {
    async add({ section, key, version, value, by }) {
      const { rowCount } = await pool.query(
        `INSERT INTO settings (section, key, version, value, changed_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING`,
        [section, key, version, value === undefined ? null : JSON.stringify(value), by],
      );
      return rowCount === 1;
    },
    latest: () => select(`DISTINCT ON (section, key) ${COLUMNS} FROM settings ORDER BY section, key, version DESC`),
    versions: (section, key, before) =>
      select(
        `${COLUMNS} FROM settings WHERE section = $1 AND key = $2 AND version < coalesce($3, 2147483647)
         ORDER BY version DESC LIMIT ${MAX_VERSIONS}`,
        [section, key, before],
      ),
    async version(section, key, version) {
      const where = 'WHERE section = $1 AND key = $2 AND version = $3';
      return (await select(`${COLUMNS} FROM settings ${where}`, [section, key, version]))[0];
    },
    async revision() {
      const { rows } = await pool.query<{ revision: string }>('SELECT revision FROM settings_revision');
      return Number(rows[0]?.revision ?? 0);
    },
    listen: (hear) => listener.add('omni_settings', hear),
  };
}
