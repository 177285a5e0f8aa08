/** Lists that are too large to travel: what the workflow asks of the activities that store them and read them page by page. */
import type { BlobReference } from './blob';
import { BLOB_THRESHOLD_BYTES } from './blob';
import type { Json } from './json';
import { jsonBytes } from './json';

export const OPEN_BLOB_ACTIVITY = 'omni:open-blob';
export const STORE_LIST_ACTIVITY = 'omni:store-list';

/** A list that a step builds stays at hand below this many bytes of JSON and is stored from there on. */
export const STORED_LIST_BYTES = 512 * 1024;

/** Temporal refuses results of 2 MiB, and several pages may be read in one workflow task, whose message may hold 4 MiB. */
const PAGE_BYTES = 1024 * 1024;

/** Items of a stored list from one position on, as many as fit. */
export interface Page {
  readonly items: readonly Json[];
  /** Of the whole list. */
  readonly length: number;
}

/** Items at hand, or a list that is stored already. */
export type ListPart = readonly Json[] | BlobReference;

export function isItems(part: ListPart): part is readonly Json[] {
  return Array.isArray(part);
}

/** Reads a stored list from an item on; `expression` when the value is no list. Histories of the first version hold the whole list. */
export type OpenBlob = (reference: BlobReference, from: number) => Promise<Page | readonly Json[]>;

/** Stores the parts, one after the other, as one list; `too-large` above 25 MB. */
export type StoreList = (parts: readonly ListPart[]) => Promise<BlobReference>;

/** A page ends with the item that goes over its bound, and no item is larger than what is stored by itself. */
export const MAX_PAGE_BYTES = PAGE_BYTES + BLOB_THRESHOLD_BYTES;

/** At least one item, however large. */
export function pageOf(list: readonly Json[], from: number): Page {
  let to = from;
  for (let bytes = 0; to < list.length && bytes < PAGE_BYTES; to += 1) bytes += jsonBytes(list[to]);
  return { items: list.slice(from, to), length: list.length };
}
