/** Deletes many closed executions: those that are named, or those that a filter finds. */
import { OmniError } from '../plan/problem';
import { MAX_BULK } from './bulk';
import type { ListDependencies } from './list';
import { listExecutions } from './list';
import type { PurgeDependencies } from './purge';
import { purgeExecution } from './purge';

export interface PurgeFilter {
  readonly workflow?: string;
  /** Ended before this time. */
  readonly endedBefore: Date;
}

export type PurgeChoice = ({ readonly ids: readonly string[] } | PurgeFilter) & {
  /** Only say what would be deleted. */
  readonly dryRun: boolean;
};

export interface PurgeOutcome {
  /** What the choice meant, `MAX_BULK` at most; what executions started goes with them and is not listed. */
  readonly ids: readonly string[];
  readonly purged: number;
  /** Still run, or something that they started does. */
  readonly running: number;
  readonly unknown: number;
  /** Could not be deleted, for instance because Temporal was too busy. */
  readonly failed: number;
  /** There are others: ask again. */
  readonly more: boolean;
}

const PAGE = 200;
const AT_ONCE = 5;

export async function purgeMany(
  deps: ListDependencies & PurgeDependencies,
  choice: PurgeChoice,
): Promise<PurgeOutcome> {
  const { ids, more } = 'ids' in choice ? { ids: [...new Set(choice.ids)], more: false } : await ended(deps, choice);
  const counts = { purged: 0, running: 0, unknown: 0, failed: 0 };
  if (!choice.dryRun)
    for (let from = 0; from < ids.length; from += AT_ONCE)
      for (const what of await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => purgeOne(deps, id))))
        counts[what] += 1;
  return { ids, ...counts, more };
}

async function ended(
  deps: ListDependencies,
  { workflow, endedBefore }: PurgeFilter,
): Promise<{ readonly ids: readonly string[]; readonly more: boolean }> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listExecutions(deps, {
      endedBefore,
      limit: PAGE,
      ...(workflow === undefined ? {} : { workflow }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    // What another execution started goes with that one.
    ids.push(...page.executions.filter(({ origin }) => origin !== 'workflow').map(({ executionId }) => executionId));
    cursor = page.next;
  } while (cursor !== undefined && ids.length + PAGE <= MAX_BULK);
  return { ids: [...new Set(ids)], more: cursor !== undefined };
}

async function purgeOne(deps: PurgeDependencies, id: string): Promise<'purged' | 'running' | 'unknown' | 'failed'> {
  try {
    await purgeExecution(deps, id);
    return 'purged';
  } catch (error) {
    const type = error instanceof OmniError ? error.problem.type : undefined;
    if (type === 'conflict') return 'running';
    return type === 'not-found' ? 'unknown' : 'failed';
  }
}
