/**
 * The part of the budget that another execution gets for itself. It is set aside while that one runs, and bounds it, so that a tree of
 * executions cannot overspend; what it has not used comes back with its end. Where too little is left, and some of that is only set
 * aside, whoever needs it waits.
 */
import type { Plan, WorkflowStep } from '../plan/plan';
import type { ParentLink } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import type { StepContext } from './context';
import type { Settle } from './ledger';
import { refuseAtLimit, remaining, settle, sliceReturned } from './ledger';

type Budget = NonNullable<WorkflowStep['budget']>;

export interface Slice {
  /** No more may be spent. */
  readonly limits: ParentLink['remaining'];
  readonly settle: Settle;
}

/** Throws `budget-exceeded` when nothing is left. */
export async function reserveSlice(
  context: StepContext,
  { what, budget }: { readonly what: string; readonly budget: Budget | undefined },
): Promise<Slice> {
  const { state, free } = context;
  const spend: Settle = (used) => used && settle(state, what, used);
  if (free === true)
    return { limits: {}, settle: (used = NO_USAGE) => void (state.endUsage = addUsage(state.endUsage, used)) };
  if (budget === undefined) return { limits: leftOf(context), settle: spend };
  for (;;) {
    const left = leftOf(context);
    const alone = state.reserved.slices.size === 0;
    if (suffices(left, budget) || (alone && suffices(left, {}))) return hold(context, limitsOf(left, budget), spend);
    if (alone) refuseAtLimit(context);
    await sliceReturned(context);
  }
}

type Limits = ParentLink['remaining'];

/** What is neither spent nor set aside, where that is limited. */
function leftOf(context: StepContext): Limits {
  const { tokens, cost } = remaining(context) as { readonly tokens?: number; readonly cost?: number };
  return { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { costUsd: cost }) };
}

function suffices(
  { tokens = Infinity, costUsd = Infinity }: Limits,
  { maxTokens = 0, maxCostUsd = 0 }: Budget,
): boolean {
  return tokens > 0 && tokens >= maxTokens && costUsd > 0 && costUsd >= maxCostUsd;
}

function limitsOf({ tokens, costUsd }: Limits, { maxTokens = Infinity, maxCostUsd = Infinity }: Budget): Limits {
  return {
    ...(tokens === undefined ? {} : { tokens: Math.min(tokens, maxTokens) }),
    ...(costUsd === undefined ? {} : { costUsd: Math.min(costUsd, maxCostUsd) }),
  };
}

function hold({ state: { reserved } }: StepContext, limits: Limits, spend: Settle): Slice {
  const { tokens = 0, costUsd = 0 } = limits;
  let back: () => void = () => undefined;
  const returned = new Promise<void>((resolve) => (back = resolve));
  reserved.tokens += tokens;
  reserved.costUsd += costUsd;
  reserved.slices.add(returned);
  return {
    limits,
    settle: (used) => {
      reserved.tokens -= tokens;
      reserved.costUsd -= costUsd;
      reserved.slices.delete(returned);
      spend(used);
      back();
    },
  };
}

/** The plan as an execution runs it that another one started: it may not spend more than that one has left. */
export function withinParent(plan: Plan, parent: ParentLink | undefined): Plan {
  if (parent === undefined) return plan;
  const { maxTokens = Infinity, maxCostUsd = Infinity, ...budget } = plan.guards.budget;
  const tokens = Math.min(maxTokens, parent.remaining.tokens ?? Infinity);
  const costUsd = Math.min(maxCostUsd, parent.remaining.costUsd ?? Infinity);
  const limits = {
    ...(tokens === Infinity ? {} : { maxTokens: tokens }),
    ...(costUsd === Infinity ? {} : { maxCostUsd: costUsd }),
  };
  return { ...plan, guards: { ...plan.guards, budget: { ...budget, ...limits } } };
}
