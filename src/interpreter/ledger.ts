/** What the execution may still spend: usage is settled after every call, and a spent budget refuses the next one. */
import type { JsonObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { Usage } from '../plan/record';
import { addUsage } from '../plan/record';
import type { Context } from './context';
import type { LiveState } from './state';

export function settle(state: LiveState, usage: Usage): void {
  state.usage = addUsage(state.usage, usage);
}

/** Throws `budget-exceeded` when nothing is left of a limit. */
export function checkBudget({ plan, state }: Context, path: string): void {
  const { maxTokens, maxCostUsd } = plan.guards.budget;
  const tokens = state.usage.inputTokens + state.usage.outputTokens;
  if (maxTokens !== undefined && tokens >= maxTokens)
    throw breach(
      `${tokens} of ${maxTokens} tokens are spent, so ${path} was not called. Raise guards.budget.maxTokens or ask for less.`,
      state,
    );
  if (maxCostUsd !== undefined && state.usage.costUsd >= maxCostUsd)
    throw breach(
      `$${state.usage.costUsd} of $${maxCostUsd} are spent, so ${path} was not called. Raise guards.budget.maxCost or ask for less.`,
      state,
    );
}

function breach(detail: string, state: LiveState): OmniError {
  const spent = [...state.records.values()]
    .filter((record) => record.usage !== undefined && record.calls !== undefined)
    .map(({ path, usage }) => ({ step: path, usage: usage as unknown as JsonObject }));
  return new OmniError('budget-exceeded', detail, { data: { spent } });
}

/** The root `execution.remaining`: only what is limited. */
export function remaining({ plan, state, effects }: Context): JsonObject {
  const { maxMs, maxTokens, maxCostUsd } = plan.guards.budget;
  return {
    ...(maxMs === undefined ? {} : { ms: Math.max(0, state.startedAt + maxMs - effects.now()) }),
    ...(maxTokens === undefined
      ? {}
      : { tokens: Math.max(0, maxTokens - state.usage.inputTokens - state.usage.outputTokens) }),
    ...(maxCostUsd === undefined ? {} : { cost: Math.max(0, maxCostUsd - state.usage.costUsd) }),
  };
}
