/** Published definitions, one row per version: the table `definitions`. */
import type { Pool } from 'pg';
import { OmniError } from '../plan/problem';
import { inTransaction } from './transaction';

export interface StoredDefinition {
  readonly id: string;
  readonly version: string;
  /** The YAML as it was published. */
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly hash: string;
  readonly createdAt: Date;
}

export interface DefinitionTable {
  /**
   * Adds a version. The same text twice is one version; other text under a version that exists is a `conflict`. False, and nothing added,
   * when the version published last is not the one with the hash `last` (null: none is published); without it any may be.
   */
  add(definition: Omit<StoredDefinition, 'createdAt'>, last?: string | null): Promise<boolean>;
  /** One version, or the one published last. */
  find(id: string, version?: string): Promise<StoredDefinition | undefined>;
  /** The version published last of every definition, by id. */
  list(): Promise<readonly StoredDefinition[]>;
  /** All versions of one definition, the last published first. */
  versions(id: string): Promise<readonly StoredDefinition[]>;
}

const COLUMNS = 'id, version, text, hash, created_at AS "createdAt"';

export function definitionTable(pool: Pool): DefinitionTable {
  const select = async (rest: string, values: readonly string[]): Promise<readonly StoredDefinition[]> =>
    (await pool.query<StoredDefinition>(`SELECT ${rest}`, [...values])).rows;
  return {
    add: (definition, last) =>
      inTransaction(pool, async (client) => {
        const { id, version, text, hash } = definition;
        // One at a time for each id: what was looked at stays the last until this one is in.
        await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('definition ' || $1, 0))`, [id]);
        if (last !== undefined) {
          const { rows } = await client.query<{ hash: string }>(
            'SELECT hash FROM definitions WHERE id = $1 ORDER BY created_at DESC LIMIT 1',
            [id],
          );
          if ((rows[0]?.hash ?? null) !== last) return false;
        }
        const { rowCount } = await client.query(
          `INSERT INTO definitions (id, version, text, hash, created_at) VALUES ($1, $2, $3, $4, clock_timestamp())
           ON CONFLICT (id, version) DO UPDATE SET hash = EXCLUDED.hash WHERE definitions.hash = EXCLUDED.hash`,
          [id, version, text, hash],
        );
        if (rowCount === 0)
          throw new OmniError(
            'conflict',
            `Version ${version} of ${id} is published with other content. Raise the definition's version and publish again.`,
          );
        return true;
      }),
    async find(id, version) {
      const order = 'ORDER BY created_at DESC LIMIT 1';
      const rows =
        version === undefined
          ? await select(`${COLUMNS} FROM definitions WHERE id = $1 ${order}`, [id])
          : await select(`${COLUMNS} FROM definitions WHERE id = $1 AND version = $2 ${order}`, [id, version]);
      return rows[0];
    },
    list: () => select(`DISTINCT ON (id) ${COLUMNS} FROM definitions ORDER BY id, created_at DESC`, []),
    versions: (id) => select(`${COLUMNS} FROM definitions WHERE id = $1 ORDER BY created_at DESC`, [id]),
  };
}
