/** Takes large values out of plain data and puts them back, unchanged to the last character. */
import type { BlobReference } from '../plan/blob';
import { BLOB_THRESHOLD_BYTES, isBlobReference, MAX_VALUE_BYTES } from '../plan/blob';
import type { Json, JsonObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import { sniffMediaType } from './media-type';

export type PutBlob = (content: Uint8Array, mediaType: string) => Promise<BlobReference>;
export type GetBlob = (hash: string) => Promise<{ readonly content: Uint8Array } | undefined>;

const MAX_DEPTH = 500;

/**
 * Replaces every string of 64 KiB or more by a reference, then every list or object that is still that large; of the outermost
 * object the largest members, so that its small ones stay readable. Throws `too-large` when the value holds more than 25 MB.
 */
export async function detach(value: Json, put: PutBlob): Promise<Json> {
  const bytes = sizeOf(value, 0);
  if (bytes > MAX_VALUE_BYTES) throw tooLarge(bytes);
  if (bytes < BLOB_THRESHOLD_BYTES) return value;
  return (await detached(value, put, true)).value;
}

/** Inverse of `detach`: opens every reference, also inside opened ones. A blob that is gone is a final `not-found` that names it. */
export async function attach(value: Json, get: GetBlob): Promise<Json> {
  const opened = new Map<string, Promise<Json>>();
  let total = 0;
  const read = async (reference: BlobReference): Promise<Json> => {
    const blob = await get(reference.$blob);
    if (blob === undefined)
      throw new OmniError(
        'not-found',
        `The stored value ${reference.$blob} (${reference.mediaType}) is gone, so this call has no complete input. Start the execution again with the value itself.`,
        { retryable: false },
      );
    return walk(open(blob.content, reference.mediaType));
  };
  const walk = async (item: Json): Promise<Json> => {
    if (isBlobReference(item)) {
      // Ten references to one large value weigh as much as ten values.
      total += item.bytes;
      if (total > MAX_VALUE_BYTES) throw tooLarge(total);
      const pending = opened.get(item.$blob + item.mediaType) ?? read(item);
      opened.set(item.$blob + item.mediaType, pending);
      return pending;
    }
    if (Array.isArray(item)) return Promise.all((item as readonly Json[]).map(walk));
    if (typeof item !== 'object' || item === null) return item;
    const fields = Object.entries(item as JsonObject).map(async ([key, field]) => [key, await walk(field)] as const);
    return Object.fromEntries(await Promise.all(fields));
  };
  return walk(value);
}

interface Sized {
  readonly value: Json;
  /** Of its JSON, about. */
  readonly bytes: number;
}

async function detached(value: Json, put: PutBlob, outermost = false): Promise<Sized> {
  if (typeof value === 'string')
    return Buffer.byteLength(value) < BLOB_THRESHOLD_BYTES ? sized(value) : sized(await putText(value, put));
  if (typeof value !== 'object' || value === null || isBlobReference(value)) return sized(value);
  if (Array.isArray(value)) {
    const items = await each(value as readonly Json[], (item) => detached(item, put));
    return whenStillLarge({ value: items.map((item) => item.value), bytes: sum(items) }, put);
  }
  const entries = Object.entries(value as JsonObject);
  const fields = await each(entries, async ([key, field]) => ({ key, ...(await detached(field, put)) }));
  if (outermost) await shrink(fields, put);
  const kept = Object.fromEntries(fields.map((field) => [field.key, field.value]));
  return whenStillLarge({ value: kept, bytes: sum(fields) + Buffer.byteLength(Object.keys(kept).join('":,"')) }, put);
}

/** Moves the largest members out until the rest is small or nothing worth moving is left. */
async function shrink(fields: { key: string; value: Json; bytes: number }[], put: PutBlob): Promise<void> {
  while (sum(fields) >= BLOB_THRESHOLD_BYTES) {
    const largest = fields.filter((field) => !isBlobReference(field.value)).sort((a, b) => b.bytes - a.bytes)[0];
    if (largest === undefined || largest.bytes < 1024) return;
    Object.assign(
      largest,
      sized(typeof largest.value === 'string' ? await putText(largest.value, put) : await putJson(largest.value, put)),
    );
  }
}

async function whenStillLarge(item: Sized, put: PutBlob): Promise<Sized> {
  return item.bytes < BLOB_THRESHOLD_BYTES ? item : sized(await putJson(item.value, put));
}

async function putText(text: string, put: PutBlob): Promise<Json> {
  const content = binary(text);
  const mediaType = content && sniffMediaType(content);
  if (content && mediaType) return { ...(await put(content, mediaType)) };
  // UTF-8 has no lone surrogates; the escapes of JSON keep them.
  if (Buffer.from(text).toString() !== text) return putJson(text, put);
  return { ...(await put(Buffer.from(text), 'text/plain')) };
}

async function putJson(value: Json, put: PutBlob): Promise<Json> {
  return { ...(await put(Buffer.from(JSON.stringify(value)), 'application/json')) };
}

/** The bytes of base64 that encoding gives back exactly, else undefined. */
function binary(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const content = Buffer.from(text, 'base64');
  return content.toString('base64') === text ? content : undefined;
}

function open(content: Uint8Array, mediaType: string): Json {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (mediaType.startsWith('text/')) return bytes.toString('utf8');
  if (mediaType === 'application/json') return JSON.parse(bytes.toString('utf8')) as Json;
  return bytes.toString('base64');
}

function sized(value: Json): Sized {
  return { value, bytes: sizeOf(value, 0) };
}

function sizeOf(value: Json, depth: number): number {
  if (depth > MAX_DEPTH)
    throw new OmniError(
      'too-large',
      `A value is nested deeper than ${MAX_DEPTH} levels. Send it flatter, or as a string.`,
    );
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (Array.isArray(value)) return value.reduce<number>((total, item: Json) => total + 1 + sizeOf(item, depth + 1), 2);
  return Object.entries(value).reduce(
    (total, [key, field]) => total + Buffer.byteLength(key) + 4 + sizeOf(field, depth + 1),
    2,
  );
}

function sum(items: readonly { readonly bytes: number }[]): number {
  return items.reduce((total, item) => total + item.bytes + 1, 2);
}

async function each<A, B>(items: readonly A[], act: (item: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (const item of items) done.push(await act(item));
  return done;
}

function tooLarge(bytes: number): OmniError {
  return new OmniError(
    'too-large',
    `A value of ${bytes} bytes is above the limit of ${MAX_VALUE_BYTES} bytes. Send less, or split it.`,
  );
}
