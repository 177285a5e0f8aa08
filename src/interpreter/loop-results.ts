/** What has come of a loop's items: at hand, or stored in parts once they outgrow what an execution can carry on with. */
import { MAX_VALUE_BYTES } from '../plan/blob';
import type { Json } from '../plan/json';
import { jsonBytes } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { ListPart } from '../plan/stored-list';
import { STORED_LIST_BYTES } from '../plan/stored-list';
import type { Effects } from './effects';
import type { ItemResult, LiveState, LoopProgress } from './state';
import { underWay } from './state';

type Progress = Extract<LoopProgress, { kind: 'forEach' }>;

/** A shorter row of results is not worth a stored value of its own. */
const MIN_PART_BYTES = 32 * 1024;

/** All results in the order of the list, in as few parts as there are. */
export function partsOf({ results, stored = [] }: Progress): readonly ListPart[] {
  const parts: ListPart[] = [];
  let at = 0;
  for (const { from, count, list } of stored.toSorted((a, b) => a.from - b.from)) {
    parts.push(shown(results.slice(at, from)), list);
    at = from + count;
  }
  return [...parts, shown(results.slice(at))].filter((part) => !Array.isArray(part) || part.length > 0);
}

/** The output of the step: a list at once, or where it is stored when it is large. */
export function listed(progress: Progress, effects: Effects): Json | Promise<Json> {
  const parts = partsOf(progress);
  const [items = []] = parts;
  const atHand = parts.length < 2 && Array.isArray(items);
  if (atHand && (jsonBytes(items) < STORED_LIST_BYTES || !effects.storesLists())) return items as readonly Json[];
  return effects.store(parts).then((reference) => ({ ...reference }));
}

/** Throws once the results can no longer become one value: what is still to be done would be done in vain. */
export function checkRoom({ stored = [] }: Progress, path: string): void {
  const bytes = stored.reduce((total, { list }) => total + list.bytes, 0);
  if (bytes > MAX_VALUE_BYTES)
    throw new OmniError(
      'too-large',
      `The results of ${path} are above the limit of ${MAX_VALUE_BYTES} bytes for one value. Let collect return less of each item.`,
    );
}

/** Stores lists and results that take much room in the state. False when there are none. Each change is one write. */
export async function storeLoops(state: LiveState, effects: Pick<Effects, 'store'>): Promise<boolean> {
  let changed = false;
  for (const [, progress] of underWay(state)) {
    if (progress.kind !== 'forEach') continue;
    const { source, results } = progress;
    if (Array.isArray(source) && jsonBytes(source) >= STORED_LIST_BYTES) {
      progress.source = { ...(await effects.store([source as readonly Json[]])) };
      changed = true;
    }
    // Below that the whole list may still turn out to be one that is kept at hand.
    if (jsonBytes(results) < STORED_LIST_BYTES) continue;
    for (const [from, items] of rows(results)) {
      const list = await effects.store([items]);
      results.fill(0, from, from + items.length);
      progress.stored = [...(progress.stored ?? []), { from, count: items.length, list }];
      changed = true;
    }
  }
  return changed;
}

/** Rows of neighbouring results that are worth storing, with the position of their first. */
function rows(results: readonly ItemResult[]): readonly (readonly [from: number, items: readonly Json[]])[] {
  const found: (readonly [number, readonly Json[]])[] = [];
  for (let from = 0; from < results.length; from += 1) {
    let to = from;
    while (to < results.length && isAtHand(results[to])) to += 1;
    const items = shown(results.slice(from, to));
    if (to > from && jsonBytes(items) >= MIN_PART_BYTES) found.push([from, items]);
    from = to;
  }
  return found;
}

function isAtHand(result: ItemResult | undefined): boolean {
  return result !== undefined && result !== null && result !== 0;
}

function shown(results: readonly ItemResult[]): readonly Json[] {
  return results.flatMap((result) => {
    if (result === null || result === 0) return [];
    return 'error' in result ? [{ error: result.error }] : [result.output];
  });
}
