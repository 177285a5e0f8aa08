/** Cancels many executions: those that are named, or those that a filter finds. */
import type { Client } from '@temporalio/client';
import { OmniError } from '../plan/problem';
import type { ListDependencies } from './list';
import { listExecutions } from './list';
import { cancelExecution } from './message';

/** Executions that one request may reach. */
export const MAX_BULK = 1000;

const PAGE = 200;
const AT_ONCE = 20;

export interface BulkFilter {
  readonly workflow?: string;
  /** Started at this time or later. */
  readonly since?: Date;
  /** `next` of the answer before. */
  readonly cursor?: string;
}

export type BulkChoice = { readonly ids: readonly string[] } | BulkFilter;

export interface BulkOutcome {
  readonly matched: number;
  /** Asked to stop, those included that had been asked before. */
  readonly cancelled: number;
  /** Had ended by themselves. */
  readonly ended: number;
  readonly unknown: number;
  /** Could not be asked, for instance because Temporal was too busy. */
  readonly failed: number;
  /** There are more than `MAX_BULK`: send the same with this cursor. */
  readonly next?: string;
}

/** Asks running executions to stop, at most `MAX_BULK`. Throws `validation` for a cursor that is not ours. */
export async function cancelMany(deps: ListDependencies, choice: BulkChoice): Promise<BulkOutcome> {
  const { ids, next } = 'ids' in choice ? { ids: [...new Set(choice.ids)] } : await running(deps, choice);
  const counts = { cancelled: 0, ended: 0, unknown: 0, failed: 0 };
  for (let from = 0; from < ids.length; from += AT_ONCE)
    for (const what of await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => cancelOne(deps.client, id))))
      counts[what] += 1;
  return { matched: ids.length, ...counts, ...(next === undefined ? {} : { next }) };
}

/** Found before the first is cancelled, because what has ended leaves the pages. */
async function running(
  deps: ListDependencies,
  { workflow, since, cursor }: BulkFilter,
): Promise<{ readonly ids: readonly string[]; readonly next?: string | undefined }> {
  const ids: string[] = [];
  let next = cursor;
  do {
    const page = await listExecutions(deps, {
      status: 'running',
      pausedToo: true,
      limit: PAGE,
      ...(workflow === undefined ? {} : { workflow }),
      ...(since === undefined ? {} : { since }),
      ...(next === undefined ? {} : { cursor: next }),
    });
    ids.push(...page.executions.map(({ executionId }) => executionId));
    next = page.next;
  } while (next !== undefined && ids.length + PAGE <= MAX_BULK);
  return { ids, next };
}

async function cancelOne(client: Client, id: string): Promise<'cancelled' | 'ended' | 'unknown' | 'failed'> {
  try {
    await cancelExecution(client, id);
    return 'cancelled';
  } catch (error) {
    const type = error instanceof OmniError ? error.problem.type : undefined;
    if (type === 'conflict') return 'ended';
    return type === 'not-found' ? 'unknown' : 'failed';
  }
}
