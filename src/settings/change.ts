/** One change of a setting or flag: always a new version on top of the one that was looked at, so that nothing is overwritten unseen. */
import { canonical } from '../plan/json';
import type { Json } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { SettingTable } from '../store/setting-table';
import type { LiveRow, LiveRows } from './live-rows';

export interface Author {
  readonly by: string;
  /** The version that the change is meant for, 0 for none in the database; absent: whichever there is. */
  readonly ifVersion?: number;
}

export interface Place {
  readonly section: string;
  readonly key: string;
}

export interface ChangeParts {
  readonly rows: LiveRows;
  readonly table: SettingTable;
}

const ATTEMPTS = 10;

/** `next` makes the new value of the row as it is now; undefined takes it back. Throws `conflict`, with status 412 when `ifVersion` is not what there is. */
export async function change(
  { rows, table }: ChangeParts,
  { section, key }: Place,
  { by, ifVersion }: Author,
  next: (row: LiveRow | undefined) => Json | undefined | Promise<Json | undefined>,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    await rows.refresh();
    const row = rows.find(section, key);
    const version = row?.version ?? 0;
    if (ifVersion !== undefined && ifVersion !== version) throw stale(`${section}.${key}`, version);
    const value = await next(row);
    if (row !== undefined && row.unusable === undefined && same(row.value, value)) return;
    const added = await table.add({ section, key, version: version + 1, value, by });
    await rows.refresh();
    if (added) return;
  }
  throw new OmniError('conflict', `${section}.${key} is being changed by others all the time. Try again.`);
}

/** Goes back to an earlier version, 0 being what lies below the database; by default to the one before. Throws `not-found`, `conflict`, `validation`. */
export async function undo(
  parts: ChangeParts & { readonly faultOf: (value: Json) => string | undefined },
  place: Place,
  author: Author & { readonly to?: number },
): Promise<void> {
  const name = `${place.section}.${place.key}`;
  await change(parts, place, author, async (row) => {
    if (row === undefined) throw new OmniError('conflict', `${name} was never changed: there is nothing to undo.`);
    // What cannot be used is undone to what counts in its place.
    if (author.to === undefined && row.unusable !== undefined) return row.value;
    const to = author.to ?? row.version - 1;
    if (to === 0) return undefined;
    const earlier = await parts.table.version(place.section, place.key, to);
    if (earlier === undefined) throw new OmniError('not-found', `${name} has no version ${to}; it has ${row.version}.`);
    const fault = earlier.value === undefined ? undefined : parts.faultOf(earlier.value);
    if (fault !== undefined)
      throw new OmniError('validation', `Version ${to} of ${name} cannot be used: ${fault}. Name another one.`);
    return earlier.value;
  });
}

function stale(name: string, version: number): OmniError {
  return new OmniError('conflict', `${name} is at version ${version} by now. Read it again and repeat the change.`, {
    status: 412,
    title: 'Changed in the meantime',
    data: { version },
  });
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  return one === undefined || other === undefined ? one === other : canonical(one) === canonical(other);
}
