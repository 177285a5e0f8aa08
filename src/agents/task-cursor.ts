/** Where the next page of tasks begins. */
import { OmniError } from '../plan/problem';

export interface TaskPosition {
  readonly at: Date;
  readonly id: string;
}

export function toCursor({ at, id }: TaskPosition): string {
  return Buffer.from(`${at.toISOString()} ${id}`).toString('base64url');
}

/** Throws `validation` for what was never handed out. */
export function fromCursor(cursor: string): TaskPosition {
  const text = /^[\w-]{1,4096}$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  const [, time = '', id = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([^\0]+)$/.exec(text) ?? [];
  const at = new Date(time);
  if (Number.isNaN(at.getTime()) || toCursor({ at, id }) !== cursor)
    throw new OmniError('validation', 'The cursor is not one that was handed out. Begin without one.');
  return { at, id };
}
