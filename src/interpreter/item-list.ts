/** The items that a `forEach` goes over: at hand, or stored and read page by page. */
import { isBlobReference } from '../plan/blob';
import type { Json } from '../plan/json';
import type { Effects } from './effects';

export interface ItemList {
  readonly length: number;
  /** At once where the item is at hand. Items are to be asked for in order. */
  readonly at: (index: number) => Json | Promise<Json>;
}

/** `first` is the item that will be asked for first. Of a stored list the latest page alone is kept. */
export async function itemList(source: Json, first: number, effects: Effects): Promise<ItemList> {
  if (!isBlobReference(source)) {
    const items = source as readonly Json[];
    return { length: items.length, at: (index) => items[index] ?? null };
  }
  let from = first;
  let page = await effects.open(source, from);
  let turning: Promise<void> | undefined;
  const turn = async (to: number): Promise<void> => {
    page = await effects.open(source, to);
    from = to;
    turning = undefined;
  };
  const at = (index: number): Json | Promise<Json> =>
    page.items[index - from] ?? (turning ??= turn(index)).then(() => at(index));
  return { length: page.length, at };
}
