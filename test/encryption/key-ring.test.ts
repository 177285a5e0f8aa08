/** Keys: what they seal only they open, as it was and where it belongs. */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createKeyRing, keyIdOf } from '../../src/encryption/key-ring';

const [first, second] = [randomBytes(32), randomBytes(32)];
const plain = Buffer.from('a learner’s voice');

test('what was sealed is opened again, and twice the same looks different', () => {
  const ring = createKeyRing({ keys: [first] });
  const sealed = ring.seal('payload', plain, 'here');
  expect(Buffer.from(ring.open('payload', sealed, 'here'))).toEqual(plain);
  expect(Buffer.from(sealed.bytes).includes(plain)).toBe(false);
  expect(Buffer.from(ring.seal('payload', plain, 'here').bytes)).not.toEqual(Buffer.from(sealed.bytes));
});

test('a key is named by an id that tells nothing of it, and the first one seals', () => {
  const ring = createKeyRing({ keys: [second, first] });
  expect(ring).toMatchObject({ primary: keyIdOf(second), ids: [keyIdOf(second), keyIdOf(first)] });
  expect(keyIdOf(first)).toMatch(/^[0-9a-f]{12}$/);
  expect(ring.seal('blob', plain, '').keyId).toBe(keyIdOf(second));
});

test('an old key opens, and a ring that only opens seals nothing', () => {
  const sealed = createKeyRing({ keys: [first] }).seal('blob', plain, '');
  const ring = createKeyRing({ keys: [second, first] });
  expect(Buffer.from(ring.open('blob', sealed, ''))).toEqual(plain);
  const closed = createKeyRing({ keys: [first], openOnly: true });
  expect(Buffer.from(closed.open('blob', sealed, ''))).toEqual(plain);
  expect(closed.primary).toBeUndefined();
  expect(() => closed.seal('blob', plain, '')).toThrow('There is no key to encrypt with');
});

test('another key, place, use, or a changed bit leave it closed, with an error that no retry mends', () => {
  const ring = createKeyRing({ keys: [first] });
  const sealed = ring.seal('payload', plain, 'here');
  const policy = expect.objectContaining({ problem: expect.objectContaining({ type: 'policy' }), retryable: false });
  expect(() => createKeyRing({ keys: [second] }).open('payload', sealed, 'here')).toThrow(sealed.keyId);
  expect(() => ring.open('payload', sealed, 'there')).toThrow(policy);
  expect(() => ring.open('blob', sealed, 'here')).toThrow(policy);
  for (const at of [0, 12, sealed.bytes.length - 1]) {
    const bytes = Buffer.from(sealed.bytes);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    expect(() => ring.open('payload', { ...sealed, bytes }, 'here')).toThrow(policy);
  }
  for (const length of [0, 11, 20, sealed.bytes.length - 1])
    expect(() => ring.open('payload', { ...sealed, bytes: sealed.bytes.subarray(0, length) }, 'here')).toThrow(policy);
});

test('an id that is none of ours is not repeated in a text', () => {
  expect(() => createKeyRing({ keys: [first] }).open('payload', { keyId: 'jo@ex.org', bytes: plain }, '')).toThrow(
    'of another system',
  );
});
