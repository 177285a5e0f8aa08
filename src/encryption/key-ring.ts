/** The keys of an installation: one that encrypts, and older ones that still open what was encrypted with them. */
import { createCipheriv, createDecipheriv, createHash, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { OmniError } from '../plan/problem';

/** What is encrypted: each use has a key of its own, derived from the given one (RFC 5869). */
export type KeyUse = 'payload' | 'blob';

export interface Sealed {
  readonly keyId: string;
  /** Nonce of 12 bytes, ciphertext, tag of 16 bytes. */
  readonly bytes: Uint8Array;
}

export interface KeyRing {
  /** Id of the key that encrypts; absent: nothing is encrypted any more, and only opened. */
  readonly primary?: string;
  /** Of all keys. */
  readonly ids: readonly string[];
  /** AES-256-GCM; `about` is authenticated along and must be the same to open it. Throws `policy` without a primary key. */
  seal(use: KeyUse, plain: Uint8Array, about: string): Sealed;
  /** Throws `policy`, which no retry mends: the key is not there, or the bytes or `about` are not those that were sealed. */
  open(use: KeyUse, sealed: Sealed, about: string): Uint8Array;
}

export interface KeyRingOptions {
  /** 32 bytes each. The first one encrypts, unless `openOnly`. */
  readonly keys: readonly Uint8Array[];
  readonly openOnly?: boolean;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** Names a key without telling anything of it. */
export function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('omni key id').update(key).digest('hex').slice(0, 12);
}

export function createKeyRing({ keys, openOnly = false }: KeyRingOptions): KeyRing {
  const byId = new Map(
    keys.map((key) => [keyIdOf(key), { payload: derive(key, 'payload'), blob: derive(key, 'blob') }]),
  );
  const [first] = keys;
  const primary = first === undefined || openOnly ? undefined : keyIdOf(first);
  return {
    ...(primary === undefined ? {} : { primary }),
    ids: [...byId.keys()],
    seal(use, plain, about) {
      const key = primary === undefined ? undefined : byId.get(primary);
      if (primary === undefined || key === undefined)
        throw new OmniError('policy', 'There is no key to encrypt with. Set ENCRYPTION_KEY.');
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key[use], nonce);
      cipher.setAAD(Buffer.from(`${primary}\n${about}`));
      return {
        keyId: primary,
        bytes: Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
      };
    },
    open(use, { keyId, bytes }, about) {
      const key = byId.get(keyId);
      if (key === undefined) throw missingKey(keyId);
      try {
        const decipher = createDecipheriv(ALGORITHM, key[use], bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(`${keyId}\n${about}`));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch (error) {
        throw new OmniError(
          'policy',
          'An encrypted value was changed after it was encrypted, or stands where it does not belong, and is not used.',
          { cause: error },
        );
      }
    },
  };
}

function derive(key: Uint8Array, use: KeyUse): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `omni ${use}`, KEY_BYTES)));
}

function missingKey(keyId: string): OmniError {
  const shown = /^[0-9a-f]{1,64}$/.test(keyId) ? keyId : 'of another system';
  return new OmniError(
    'policy',
    `A value was encrypted with the key ${shown}, which this process does not have. Give it back in ENCRYPTION_OLD_KEYS, if it still exists.`,
  );
}
