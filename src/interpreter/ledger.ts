/**
 * What the execution may still spend. Before a call its likely use is reserved, afterwards the real one is settled: a budget is
 * overrun at most by what the calls under way use beyond their estimates. Of a tool whose use nobody knows yet one call goes first.
 */
import type { CallRequest } from '../plan/call';
import type { JsonObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { Usage } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import type { Context, StepContext } from './context';
import type { LiveState, Mean } from './state';

interface Estimate {
  readonly tokens: number;
  readonly costUsd: number;
}

/** Writes down what a call has really used. */
export type Settle = (used: Usage) => void;

/** Reserves for one call and gives the way to settle it. Throws `budget-exceeded` when the estimate does not fit any more. */
export function reserve(context: Context, request: CallRequest): Settle | Promise<Settle> {
  const { state, plan, free } = context;
  const { maxTokens, maxCostUsd } = plan.guards.budget;
  if (free === true) return (used) => void (state.endUsage = addUsage(state.endUsage, used));
  if (maxTokens === undefined && maxCostUsd === undefined) return (used) => settle(state, request.tool, used);
  return reserveWithin(context, request);
}

async function reserveWithin(context: Context, request: CallRequest): Promise<Settle> {
  const { state } = context;
  const { unknown } = state.reserved;
  for (let first = unknown.get(request.tool); first !== undefined; first = unknown.get(request.tool)) await first;
  context.cancel.throwIfCancelled();
  for (;;) {
    const refused = refusal(context, request.path, estimateOf(state, request));
    if (refused === undefined) break;
    if (state.reserved.slices.size === 0) throw breach(state, refused);
    await sliceReturned(context);
  }
  const estimate = estimateOf(state, request);
  return hold(state, request.tool, estimate);
}

function hold(state: LiveState, tool: string, estimate: Estimate): Settle {
  const { reserved } = state;
  reserved.tokens += estimate.tokens;
  reserved.costUsd += estimate.costUsd;
  let known: () => void = () => undefined;
  if (state.means[tool] === undefined) reserved.unknown.set(tool, new Promise((resolve) => (known = resolve)));
  return (used) => {
    reserved.tokens -= estimate.tokens;
    reserved.costUsd -= estimate.costUsd;
    settle(state, tool, used);
    reserved.unknown.delete(tool);
    known();
  };
}

/** What the step allows itself, else what calls of the tool have used on average, else nothing. */
function estimateOf(state: LiveState, { tool, candidates }: CallRequest): Estimate {
  const limits = candidates.map(({ config }) => config['maxTokens']).filter((limit) => typeof limit === 'number');
  const { calls, tokens, costUsd }: Mean = state.means[tool] ?? { calls: 1, tokens: 0, costUsd: 0 };
  return { tokens: limits.length === 0 ? tokens / calls : Math.max(...limits), costUsd: costUsd / calls };
}

/** Until another execution gives back what was set aside for it. Throws when cancelled. */
export async function sliceReturned({ state, cancel }: Context): Promise<void> {
  let stop: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => (stop = cancel.onCancel(resolve)));
  await Promise.race([...state.reserved.slices, cancelled]);
  stop();
  cancel.throwIfCancelled();
}

/** Why a call cannot be afforded now. */
function refusal({ plan, state }: Context, path: string, estimate: Estimate): string | undefined {
  const { maxTokens, maxCostUsd } = plan.guards.budget;
  const tokens = state.usage.inputTokens + state.usage.outputTokens + state.reserved.tokens;
  if (maxTokens !== undefined && (tokens >= maxTokens || tokens + estimate.tokens > maxTokens))
    return `${Math.round(tokens)} of ${maxTokens} tokens are spent or reserved, and ${path} may use ${Math.ceil(estimate.tokens)}. Raise guards.budget.maxTokens or ask for less.`;
  const costUsd = state.usage.costUsd + state.reserved.costUsd;
  if (maxCostUsd !== undefined && (costUsd >= maxCostUsd || costUsd + estimate.costUsd > maxCostUsd))
    return `$${rounded(costUsd)} of $${maxCostUsd} are spent or reserved, and ${path} may cost $${rounded(estimate.costUsd)}. Raise guards.budget.maxCost or ask for less.`;
  return undefined;
}

/** Refuses a step that would begin with nothing left. */
export function refuseAtLimit(context: StepContext): void {
  const refused = refusal(context, context.path, { tokens: 0, costUsd: 0 });
  if (refused !== undefined) throw breach(context.state, refused);
}

export function settle(state: LiveState, tool: string, used: Usage): void {
  state.usage = addUsage(state.usage, used);
  const { calls, tokens, costUsd }: Mean = state.means[tool] ?? { calls: 0, tokens: 0, costUsd: 0 };
  const mean = {
    calls: calls + 1,
    tokens: tokens + used.inputTokens + used.outputTokens,
    costUsd: costUsd + used.costUsd,
  };
  state.means = { ...state.means, [tool]: mean };
}

function breach(state: LiveState, detail: string): OmniError {
  const spent = [...state.records.values()]
    .filter(({ usage }) => usage !== undefined)
    .map(({ path, usage }) => ({ step: path, usage: (usage ?? NO_USAGE) as unknown as JsonObject }));
  return new OmniError('budget-exceeded', detail, { data: { spent } });
}

/** The root `execution.remaining`: only what is limited. */
export function remaining({ plan, state, effects }: Context): JsonObject {
  const { maxMs, maxTokens, maxCostUsd } = plan.guards.budget;
  const { usage, reserved, startedAt, waitedMs } = state;
  return {
    ...(maxMs === undefined ? {} : { ms: Math.max(0, startedAt + waitedMs + maxMs - effects.now()) }),
    ...(maxTokens === undefined
      ? {}
      : { tokens: Math.max(0, maxTokens - usage.inputTokens - usage.outputTokens - reserved.tokens) }),
    ...(maxCostUsd === undefined ? {} : { cost: Math.max(0, maxCostUsd - usage.costUsd - reserved.costUsd) }),
  };
}

function rounded(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
