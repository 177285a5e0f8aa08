/** The keys that audit rows are sealed with. They never lie in the database: whoever can change rows must not be able to seal them. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config';
import { makeOwnFile } from '../encryption/own-file';
import { OmniError } from '../plan/problem';

export interface AuditKey {
  /** Eight hexadecimal digits that tell keys apart and give nothing away. */
  readonly id: string;
  readonly key: Uint8Array;
}

export interface AuditKeys {
  /** What new rows are sealed with. */
  readonly current: AuditKey;
  /** All that a row may have been sealed with, by id. */
  readonly known: ReadonlyMap<string, AuditKey>;
}

/** In the data directory. */
export const AUDIT_KEY_FILE = 'audit.key';

/**
 * `AUDIT_KEY`, else a key in the data directory, which the first process with `make` makes. The file's key stays known when `AUDIT_KEY` is given later.
 * Throws `validation` in production without `AUDIT_KEY`, and where there is no key at all.
 */
export function auditKeys(
  config: Pick<Config, 'environment' | 'dataDir' | 'audit'>,
  { make }: { readonly make: boolean },
): AuditKeys {
  const file = path.join(config.dataDir, AUDIT_KEY_FILE);
  const given = config.audit.keys.map(auditKey);
  if (given.length === 0 && config.environment === 'production')
    throw new OmniError(
      'validation',
      'AUDIT_KEY: is required in production: 32 random bytes as hexadecimal digits, such as `openssl rand -hex 32` prints. Keep it where the database’s administrators cannot read it.',
    );
  const kept = given.length === 0 && make ? [ownKey(file)] : existsSync(file) ? [readKey(file)] : [];
  return ringOf([...given, ...kept]);
}

/** The first one seals. */
export function ringOf(keys: readonly AuditKey[]): AuditKeys {
  const [current] = keys;
  if (current === undefined)
    throw new OmniError(
      'validation',
      'There is no key of the audit log: AUDIT_KEY is not set, and no start has made one in this data directory (OMNI_DATA_DIR).',
    );
  return { current, known: new Map(keys.map((one) => [one.id, one])) };
}

export function auditKey(key: Uint8Array): AuditKey {
  return { id: createHash('sha256').update('omni audit key').update(key).digest('hex').slice(0, 8), key };
}

/** The seal of a row: HMAC-SHA256 over the seal of the row before, raw, and the row's text. 64 hexadecimal digits. */
export function sealOf({ key }: AuditKey, before: string, text: string): string {
  return createHmac('sha256', key).update(before, 'hex').update(text, 'utf8').digest('hex');
}

function ownKey(file: string): AuditKey {
  if (!existsSync(file)) makeOwnFile(file, randomBytes(32).toString('hex'));
  return readKey(file);
}

function readKey(file: string): AuditKey {
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new OmniError(
      'conflict',
      `${file} is no key of the audit log. Put the one back that was there; without it older rows cannot be verified.`,
    );
  return auditKey(Buffer.from(text, 'hex'));
}
