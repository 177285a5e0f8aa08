/** Finds the keys of an installation: in the environment, in a key file, or, in development, in a file that is made at the first start. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config';
import { OmniError } from '../plan/problem';
import type { KeyRing } from './key-ring';
import { createKeyRing, KEY_BYTES } from './key-ring';
import { makeOwnFile } from './own-file';

export interface FoundKeys {
  readonly keys: KeyRing;
  /** The variable or the file that holds the key that encrypts. */
  readonly from: string;
  /** A key file that was just made. */
  readonly made?: string;
}

export interface KeyPlace {
  readonly encryption: Config['encryption'];
  readonly dataDir: string;
  readonly environment: Config['environment'];
}

const HOW = 'Make one with: openssl rand -base64 32';

/**
 * Undefined where there is no key and none may be made. `make`: whether a process may make the local key that is missing; never in
 * production. Throws `validation` for what is no key; the text never holds it.
 */
export function findKeys(
  { encryption, dataDir, environment }: KeyPlace,
  { make }: { make: boolean },
): FoundKeys | undefined {
  const { enabled, key, keyFile, oldKeys } = encryption;
  const old = oldKeys.map((text) => parseKey('ENCRYPTION_OLD_KEYS', text));
  const ring = (keys: readonly Uint8Array[]): KeyRing | undefined =>
    keys.length === 0 ? undefined : createKeyRing({ keys: distinct([...keys, ...old]), openOnly: !enabled });
  const found = (from: string, keys: readonly Uint8Array[], made?: string): FoundKeys | undefined => {
    const keyRing = ring(keys);
    return keyRing && { keys: keyRing, from, ...(made === undefined ? {} : { made }) };
  };
  if (key !== undefined) return found('ENCRYPTION_KEY', [parseKey('ENCRYPTION_KEY', key)]);
  if (keyFile !== undefined) return found(keyFile, readKeyFile(keyFile));
  if (environment === 'production') return enabled ? undefined : found('ENCRYPTION_OLD_KEYS', old);
  const file = path.join(dataDir, 'encryption.key');
  if (existsSync(file)) return found(file, readKeyFile(file));
  if (!make || !enabled) return enabled ? undefined : found('ENCRYPTION_OLD_KEYS', old);
  makeOwnFile(file, randomBytes(KEY_BYTES).toString('base64'));
  return found(file, readKeyFile(file), file);
}

/** 32 bytes in base64 or hexadecimal. A pass phrase is refused: guessing one is far cheaper than guessing 32 bytes. */
export function parseKey(where: string, text: string): Uint8Array {
  const trimmed = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)
      ? Buffer.from(trimmed, 'base64')
      : undefined;
  if (bytes?.length !== KEY_BYTES)
    throw new OmniError(
      'validation',
      `${where} is no key: it must be exactly ${KEY_BYTES} bytes, in base64 (44 characters) or hexadecimal (64). Pass phrases are refused. ${HOW}`,
    );
  if (new Set(bytes).size < 8)
    throw new OmniError('validation', `${where} is no key: its bytes repeat, so it was not drawn at random. ${HOW}`);
  return bytes;
}

/** One key a line; lines that begin with `#` are comments. */
function readKeyFile(file: string): readonly Uint8Array[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new OmniError('validation', `The key file ${file} cannot be read (ENCRYPTION_KEY_FILE).`, { cause: error });
  }
  const lines = text
    .split('\n')
    .flatMap((line, index) => (/^\s*(#|$)/.test(line) ? [] : [{ line, number: index + 1 }]));
  if (lines.length === 0) throw new OmniError('validation', `The key file ${file} holds no key. ${HOW}`);
  return lines.map(({ line, number }) => parseKey(`Line ${number} of ${file}`, line));
}

function distinct(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(keys.map((key) => [Buffer.from(key).toString('hex'), key])).values()];
}
