/** Stores lists and reads them page by page: local activities, recorded once. */
import { patched, proxyLocalActivities } from '@temporalio/workflow';
import type { BlobReference } from '../src/plan/blob';
import { asError, OmniError } from '../src/plan/problem';
import type { ListPart, OpenBlob, Page, StoreList } from '../src/plan/stored-list';
import { OPEN_BLOB_ACTIVITY, STORE_LIST_ACTIVITY } from '../src/plan/stored-list';
import { problemIn } from './call-failure';

interface ListActivities {
  readonly [OPEN_BLOB_ACTIVITY]: OpenBlob;
  readonly [STORE_LIST_ACTIVITY]: StoreList;
}

/** A store that is away for a while must not end an execution: it is asked until it answers. */
const local = proxyLocalActivities<ListActivities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

export async function openPage(reference: BlobReference, from: number): Promise<Page> {
  const page = await told(() => local[OPEN_BLOB_ACTIVITY](reference, from));
  return 'items' in page ? page : { items: page.slice(from), length: page.length };
}

export function storeList(parts: readonly ListPart[]): Promise<BlobReference> {
  return told(() => local[STORE_LIST_ACTIVITY](parts));
}

/** An execution that came past a large list before lists were stored goes the same way when it is replayed. */
export function storesLists(): boolean {
  return patched('omni:stored-lists');
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof OmniError) throw thrown;
    throw asError(problemIn(thrown));
  }
}
