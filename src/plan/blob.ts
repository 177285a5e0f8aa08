/** References to large values, which travel through plans and histories in place of the values themselves. */
import type { Json } from './json';
import { isObject } from './json';

/** Values of this many bytes or more become references (made by the API door and by `callTool`). */
export const BLOB_THRESHOLD_BYTES = 64 * 1024;

/** No single value is larger than this. */
export const MAX_VALUE_BYTES = 25 * 1024 * 1024;

/**
 * A stored value. `$blob` is the SHA-256 of its content in hex, `bytes` its size, `mediaType` says how it is opened again:
 * `text/*` as a string, `application/json` as data, anything else as a base64 string.
 */
export interface BlobReference {
  readonly $blob: string;
  readonly bytes: number;
  readonly mediaType: string;
}

export function isBlobReference(value: unknown): value is BlobReference & { readonly [key: string]: Json } {
  return isObject(value) && typeof value['$blob'] === 'string' && typeof value['bytes'] === 'number';
}
