/** Stores lists for the workflow itself, and reads them page by page: what `forEach` goes over or gives may be too large for the history. */
import type { Json } from '../src/plan/json';
import { OmniError } from '../src/plan/problem';
import type { ListPart, OpenBlob, StoreList } from '../src/plan/stored-list';
import { isItems, pageOf } from '../src/plan/stored-list';
import { detach } from '../src/store/blob-value';
import type { ActivityDependencies } from './dependencies';
import { told } from './failure';

type Parts = Pick<ActivityDependencies, 'blobs'>;

/** Items that are large themselves come as references. */
export function createOpenBlob({ blobs }: Parts): OpenBlob {
  return (reference, from) =>
    told(async (executionId) => {
      const list: unknown = JSON.parse(await textOf(reference, blobs, executionId));
      if (!Array.isArray(list))
        throw new OmniError('expression', 'A forEach goes over a stored value that is no list.');
      const { items, length } = pageOf(list as readonly Json[], from);
      const small: Json[] = [];
      for (const item of items)
        small.push(await detach(item, (content, mediaType) => blobs.put(executionId, content, mediaType)));
      return { items: small, length };
    });
}

export function createStoreList({ blobs }: Parts): StoreList {
  return (parts) =>
    told(async (executionId) => {
      const texts: string[] = [];
      for (const part of parts) texts.push(await textOf(part, blobs, executionId));
      // Each text is a JSON list; without its brackets it is what stands between commas.
      const items = texts.map((text) => text.slice(1, -1)).filter((text) => text !== '');
      return blobs.put(executionId, Buffer.from(`[${items.join(',')}]`), 'application/json');
    });
}

async function textOf(part: ListPart, blobs: Parts['blobs'], executionId: string): Promise<string> {
  if (isItems(part)) return JSON.stringify(part);
  const blob = await blobs.get(part.$blob, executionId);
  if (blob === undefined)
    throw new OmniError(
      'not-found',
      `The stored value ${part.$blob} (${part.mediaType}) is gone. Start the execution again with the value itself.`,
      { retryable: false },
    );
  return blob.mediaType === 'application/json' ? Buffer.from(blob.content).toString('utf8') : 'null';
}
