/** The filters of the list of executions: in the address, so that one can be kept as a bookmark, and in what the API is asked. */
import type { Place } from '../place';

export const STATUSES = ['running', 'waiting', 'paused', 'completed', 'failed', 'cancelled', 'terminated'] as const;

export const PERIODS = [
  ['1h', 'Last hour', 60 * 60 * 1000],
  ['1d', 'Last day', 24 * 60 * 60 * 1000],
  ['7d', 'Last 7 days', 7 * 24 * 60 * 60 * 1000],
] as const;

export interface Filters {
  readonly status?: (typeof STATUSES)[number];
  readonly workflow?: string;
  /** Name of a period. */
  readonly period?: string;
}

/** Words that no filter has are passed over: an address may come from anywhere. */
export function filtersOf({ query }: Place): Filters {
  const status = STATUSES.find((one) => one === query['status']);
  const period = PERIODS.find(([name]) => name === query['period'])?.[0];
  const { workflow } = query;
  return {
    ...(status === undefined ? {} : { status }),
    ...(workflow === undefined || workflow === '' ? {} : { workflow }),
    ...(period === undefined ? {} : { period }),
  };
}

/** The query of `GET /executions`. `from`: when the reader chose the period; it stays while pages are read. */
export function listPath(
  { status, workflow, period }: Filters,
  { from, limit }: { from: number; limit: number },
): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (status !== undefined) query.set('status', status);
  if (workflow !== undefined) query.set('workflow', workflow);
  const length = PERIODS.find(([name]) => name === period)?.[2];
  if (length !== undefined) query.set('since', new Date(from - length).toISOString());
  return `/executions?${query.toString()}`;
}

/** Filters that somebody has given a name. */
export interface SavedFilters {
  readonly name: string;
  /** The part of the address behind `?`. */
  readonly query: string;
}

/** Out of what the browser kept; whatever is not of this shape is dropped. */
export function savedFilters(text: string | undefined): readonly SavedFilters[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.filter(isSaved) : [];
  } catch {
    return [];
  }
}

function isSaved(value: unknown): value is SavedFilters {
  const { name, query } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof name === 'string' && typeof query === 'string';
}
