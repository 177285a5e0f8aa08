/** Claims about taking large values out of plain data and putting them back. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BLOB_THRESHOLD_BYTES, isBlobReference, MAX_VALUE_BYTES } from '../../src/plan/blob';
import type { Json, JsonObject } from '../../src/plan/json';
import type { PutBlob } from '../../src/store/blob-value';
import { attach, detach } from '../../src/store/blob-value';

function memory() {
  const blobs = new Map<string, { content: Uint8Array; mediaType: string }>();
  const put: PutBlob = (content, mediaType) => {
    const $blob = createHash('sha256').update(content).digest('hex');
    blobs.set($blob, { content, mediaType });
    return Promise.resolve({ $blob, bytes: content.byteLength, mediaType });
  };
  return { blobs, put, get: (hash: string) => Promise.resolve(blobs.get(hash)) };
}

const wav = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt '), Buffer.alloc(90_000, 7)]);

const string = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 40_000 }))
    .map(([part, times]) => part.repeat(times)),
  // Escapes, lone surrogates and a byte order mark must survive.
  fc.constantFrom('\ud800'.repeat(40_000), '\ufeff' + 'x'.repeat(70_000), '\0'.repeat(70_000), wav.toString('base64')),
);
const key = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', 'constructor', 'toString'));
const { value: json } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    string,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

test('whatever is taken out is put back exactly, and what is left is small', async () => {
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      const { put, get } = memory();
      const small = await detach(value, put);
      expect(await attach(JSON.parse(JSON.stringify(small)) as Json, get)).toEqual(value);
      expect(Buffer.byteLength(JSON.stringify(small))).toBeLessThan(6 * BLOB_THRESHOLD_BYTES);
    }),
    { numRuns: 150 },
  );
});

test('base64 of sound is stored as sound', async () => {
  const { blobs, put } = memory();
  const { audio } = (await detach({ audio: wav.toString('base64') }, put)) as { audio: { $blob: string } };
  expect(audio).toMatchObject({ bytes: wav.length, mediaType: 'audio/wav' });
  expect(Buffer.compare(Buffer.from(blobs.get(audio.$blob)?.content ?? []), wav)).toBe(0);
});

test('a string of 65,535 bytes stays, one of 65,536 goes', async () => {
  const { put } = memory();
  const { stays, goes } = (await detach({ stays: 'a'.repeat(65_535), goes: 'a'.repeat(65_536) }, put)) as JsonObject;
  // Both together are too large for the outermost object, which gives up its largest members only.
  expect(isBlobReference(goes)).toBe(true);
  expect(await detach('a'.repeat(65_535), put)).toHaveLength(65_535);
  expect(isBlobReference(await detach('a'.repeat(65_536), put))).toBe(true);
  expect(stays).toBeDefined();
});

test('the small members of a large outermost object stay readable', async () => {
  const { put } = memory();
  const list = (size: number): Json => Array.from({ length: size }, (_, index) => index);
  const small = (await detach({ id: 'a1', one: list(9_000), two: list(9_000), three: list(50) }, put)) as JsonObject;
  expect(small['id']).toBe('a1');
  expect(small['three']).toEqual(list(50));
});

test('a reference inside data is kept as it is', async () => {
  const { put } = memory();
  const reference = await put(Buffer.from('x'), 'text/plain');
  expect(await detach({ reference: { ...reference }, long: 'y'.repeat(70_000) }, put)).toMatchObject({ reference });
});

test('a blob that is gone is a final error that names it', async () => {
  const { put, blobs, get } = memory();
  const small = (await detach({ text: 'z'.repeat(70_000) }, put)) as { text: { $blob: string } };
  blobs.clear();
  await expect(attach(small, get)).rejects.toMatchObject({ retryable: false, problem: { type: 'not-found' } });
  await expect(attach(small, get)).rejects.toThrow(small.text.$blob);
});

test('more than 25 MB is too large, in one piece or in many references to one piece', async () => {
  const { put, get } = memory();
  await expect(detach({ text: 'x'.repeat(MAX_VALUE_BYTES + 1) }, put)).rejects.toMatchObject({
    problem: { type: 'too-large' },
  });
  const reference = await put(Buffer.alloc(1024 * 1024, 120), 'text/plain');
  const many = Array.from({ length: 26 }, () => ({ ...reference }));
  await expect(attach(many, get)).rejects.toMatchObject({ problem: { type: 'too-large' } });
});

test('endless nesting is refused, not followed', async () => {
  const { put } = memory();
  const deep = JSON.parse('['.repeat(2_000) + ']'.repeat(2_000)) as Json;
  await expect(detach(deep, put)).rejects.toMatchObject({ problem: { type: 'too-large' } });
});
