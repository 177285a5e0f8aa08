/** Asks the worker at hand which providers do best at present: a local activity, whose answer the history keeps. */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { Rank, RankRequest } from '../src/plan/preference';
import { RANK_ACTIVITY } from '../src/plan/preference';

const local = proxyLocalActivities<{ readonly [RANK_ACTIVITY]: Rank }>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', maximumAttempts: 3 },
});

/** Undefined where nobody can tell: no step fails for want of a preference. */
export async function rankProviders(request: RankRequest): Promise<readonly number[] | undefined> {
  try {
    const { order } = await local[RANK_ACTIVITY](request);
    return order;
  } catch {
    return undefined;
  }
}
