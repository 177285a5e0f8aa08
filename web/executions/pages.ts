/** A list that grows page by page at its end, and at its beginning by what is new. */
import type { Summary } from '../shapes';

export interface Page {
  readonly executions: readonly Summary[];
  readonly next?: string;
}

export interface Listed {
  readonly rows: readonly Summary[];
  /** Cursor of the page after the last row. */
  readonly next?: string;
}

const keyOf = ({ executionId, runId }: Summary): string => `${executionId} ${runId}`;

/** With the following page. What moved from one page to the next while they were read is not listed twice. */
export function extended({ rows }: Listed, page: Page): Listed {
  const known = new Set(rows.map(keyOf));
  const fresh = page.executions.filter((one) => !known.has(keyOf(one)));
  return { rows: [...rows, ...fresh], ...(page.next === undefined ? {} : { next: page.next }) };
}

/**
 * With the first page as it is now: it takes the place of the rows that it overlaps, down to its own end. What was in that
 * stretch and is no longer told of does not fit the filter any more.
 */
export function refreshed(before: Listed, page: Page): Listed {
  const { executions, next } = page;
  const last = executions.at(-1);
  const here = last === undefined ? -1 : before.rows.findIndex((row) => keyOf(row) === keyOf(last));
  // Nothing in common: so much is new that reading starts over; and without a next page this is all there is.
  if (here === -1 || next === undefined) return { rows: executions, ...(next === undefined ? {} : { next }) };
  const rows = [...executions, ...before.rows.slice(here + 1)];
  // The cursor of what was read last is the one to go on from, unless only the first page is there.
  const cursor = before.rows.length > here + 1 ? before.next : next;
  return { rows, ...(cursor === undefined ? {} : { next: cursor }) };
}
