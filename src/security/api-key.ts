/** What a key of the API looks like: `omni_<id>_<secret>`, and how it is known again without being kept. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits of chance need no slow hash: nobody finds them by trying. */
const SECRET_BYTES = 32;
const FORM = /^omni_([0-9a-z]{12})_([A-Za-z0-9_-]{43})$/;
const LETTERS = '0123456789abcdefghijklmnopqrstuv';

export interface MintedKey {
  /** Shown in lists and in the audit log. */
  readonly id: string;
  /** Shown once. */
  readonly key: string;
  readonly hash: Uint8Array;
}

export function mintKey(): MintedKey {
  const id = [...randomBytes(12)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
  const key = `omni_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { id, key, hash: keyHash(key) };
}

/** The id in a key; undefined: it is none of ours. */
export function keyId(key: string): string | undefined {
  return FORM.exec(key)?.[1];
}

export function keyHash(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
