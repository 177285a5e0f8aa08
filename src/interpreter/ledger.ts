/**
 * What the execution may still spend. Before a call its likely use is reserved, afterwards the real one is settled: a budget is
 * overrun at most by what the calls under way use beyond their estimates. Of a tool whose use nobody knows yet one call goes first.
 */
import type { CallRequest } from '../plan/call';
import type { JsonObject } from '../plan/json';
import { LEAST_USD, roundUsd } from '../plan/price';
import { OmniError } from '../plan/problem';
import type { Usage } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import type { Context, StepContext } from './context';
import type { Estimate } from './estimate';
import { estimateOf, refuseUnpriced } from './estimate';
import type { LiveState, Mean } from './state';

/** Writes down what a call has really used; without that, it was never made and only its place is given back. */
export type Settle = (used?: Usage) => void;

/**
 * Reserves for one call and gives the way to settle it. Throws `budget-exceeded` when the estimate does not fit any more, and
 * `policy` when there is a `maxCost` and the call has no known price.
 */
export function reserve(context: Context, request: CallRequest): Settle | Promise<Settle> {
  const { state, plan, free } = context;
  const { maxTokens, maxCostUsd } = plan.guards.budget;
  if (free === true) return (used = NO_USAGE) => void (state.endUsage = addUsage(state.endUsage, used));
  if (maxTokens === undefined && maxCostUsd === undefined) return (used) => used && settle(state, request.tool, used);
  // Executions that began before there were prices go on by the rules that they began with.
  if (state.snapshot.prices === undefined) return reserveByMean(context, request);
  if (maxCostUsd !== undefined) refuseUnpriced(request);
  return reserveByPrice(context, request);
}

/** Waits while others hold what the call needs: they may use less than was reserved for them. */
async function reserveByPrice(context: Context, request: CallRequest): Promise<Settle> {
  const { state } = context;
  context.cancel.throwIfCancelled();
  for (;;) {
    const estimate = estimateOf(state, request);
    check(context, request.path, estimate, NOTHING_HELD);
    const first = estimate.unknown ? state.reserved.unknown.get(request.tool) : undefined;
    if (first === undefined && fits(context, estimate)) return hold(state, request.tool, estimate);
    await callReturned(context);
  }
}

async function reserveByMean(context: Context, request: CallRequest): Promise<Settle> {
  const { state } = context;
  const { unknown } = state.reserved;
  for (let first = unknown.get(request.tool); first !== undefined; first = unknown.get(request.tool)) await first;
  context.cancel.throwIfCancelled();
  for (;;) {
    const estimate = meanOf(state, request);
    if (state.reserved.slices.size === 0) check(context, request.path, estimate, state.reserved);
    if (fits(context, estimate)) return hold(state, request.tool, estimate);
    await sliceReturned(context);
  }
}

/** Until a call or another execution gives back what was set aside for it. Throws when cancelled. */
async function callReturned({ state: { reserved }, cancel }: Context): Promise<void> {
  let stop: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    stop = cancel.onCancel(resolve);
    reserved.waiting.push(resolve);
    for (const slice of reserved.slices) void slice.then(resolve);
  });
  stop();
  cancel.throwIfCancelled();
}

/** Of a call that was held: when it is no longer wanted it has not begun, so its place is given back and nothing about it is unknown. */
export function stillWanted({ cancel }: Context, settled: Settle): void {
  if (cancel.reason === undefined) return;
  settled();
  cancel.throwIfCancelled();
}

/** Until another execution gives back what was set aside for it. Throws when cancelled. */
export async function sliceReturned({ state, cancel }: Context): Promise<void> {
  let stop: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => (stop = cancel.onCancel(resolve)));
  await Promise.race([...state.reserved.slices, cancelled]);
  stop();
  cancel.throwIfCancelled();
}

function hold(state: LiveState, tool: string, estimate: Estimate): Settle {
  const { reserved } = state;
  reserved.tokens += estimate.tokens;
  reserved.costUsd = roundUsd(reserved.costUsd + estimate.costUsd);
  let known: () => void = () => undefined;
  if (estimate.unknown) reserved.unknown.set(tool, new Promise((resolve) => (known = resolve)));
  return (used) => {
    reserved.tokens -= estimate.tokens;
    reserved.costUsd = roundUsd(reserved.costUsd - estimate.costUsd);
    if (used !== undefined) settle(state, tool, used);
    if (estimate.unknown) reserved.unknown.delete(tool);
    known();
    for (const wake of reserved.waiting.splice(0)) wake();
  };
}

/** What the step allows itself, else what calls of the tool have used on average, else nothing. */
function meanOf(state: LiveState, { tool, candidates }: CallRequest): Estimate {
  const limits = candidates.map(({ config }) => config['maxTokens']).filter((limit) => typeof limit === 'number');
  const mean = state.means[tool];
  const { calls, tokens, costUsd } = mean ?? { calls: 1, tokens: 0, costUsd: 0 };
  return {
    tokens: limits.length === 0 ? tokens / calls : Math.max(...limits),
    costUsd: costUsd / calls,
    unknown: mean === undefined,
  };
}

type Held = Pick<LiveState['reserved'], 'tokens' | 'costUsd'>;
const NOTHING_HELD: Held = { tokens: 0, costUsd: 0 };

function fits(context: Context, estimate: Estimate): boolean {
  return shortOf(context, estimate, context.state.reserved) === undefined;
}

/** What there is too little of. A limit that is reached refuses the next call whatever it needs. */
function shortOf(
  { plan, state }: Context,
  estimate: Pick<Estimate, 'tokens' | 'costUsd'>,
  held: Held,
): { readonly of: 'tokens' | 'cost'; readonly taken: number } | undefined {
  const { maxTokens, maxCostUsd } = plan.guards.budget;
  const tokens = state.usage.inputTokens + state.usage.outputTokens + held.tokens;
  if (maxTokens !== undefined && (tokens >= maxTokens || tokens + estimate.tokens > maxTokens))
    return { of: 'tokens', taken: tokens };
  const costUsd = roundUsd(state.usage.costUsd + held.costUsd);
  if (maxCostUsd !== undefined && (costUsd >= maxCostUsd || roundUsd(costUsd + estimate.costUsd) > maxCostUsd))
    return { of: 'cost', taken: costUsd };
  return undefined;
}

function check(context: Context, path: string, estimate: Estimate, held: Held): void {
  const short = shortOf(context, estimate, held);
  if (short === undefined) return;
  const { maxTokens, maxCostUsd } = context.plan.guards.budget;
  const detail =
    short.of === 'tokens'
      ? `${Math.round(short.taken)} of ${maxTokens} tokens are spent or reserved, and ${path} may use ${Math.ceil(estimate.tokens)}. Raise guards.budget.maxTokens or ask for less.`
      : `$${rounded(short.taken)} of $${maxCostUsd} are spent or reserved, and ${path} may cost $${rounded(estimate.costUsd)}. Raise guards.budget.maxCost or ask for less.`;
  throw breach(context.state, { limit: short.of, detail });
}

/** Refuses a step that would begin with nothing left; less than the smallest amount that is told apart is nothing. */
export function refuseAtLimit(context: StepContext): void {
  check(context, context.path, { tokens: 0, costUsd: LEAST_USD, unknown: false }, context.state.reserved);
}

export function settle(state: LiveState, tool: string, used: Usage): void {
  state.usage = addUsage(state.usage, used);
  // A call that failed before it was billed says nothing of what the next one will use.
  if (state.snapshot.prices !== undefined && used.inputTokens + used.outputTokens + used.costUsd === 0) return;
  const { calls, tokens, costUsd }: Mean = state.means[tool] ?? { calls: 0, tokens: 0, costUsd: 0 };
  const mean = {
    calls: calls + 1,
    tokens: tokens + used.inputTokens + used.outputTokens,
    costUsd: roundUsd(costUsd + used.costUsd),
  };
  state.means = { ...state.means, [tool]: mean };
}

/** Steps of loops whose rounds are over are not on record any more; the sums by tool hold them too. */
function breach(
  state: LiveState,
  { limit, detail }: { readonly limit: 'tokens' | 'cost'; readonly detail: string },
): OmniError {
  const spent = [...state.records.values()]
    .filter(({ usage, reused }) => usage !== undefined && reused !== true)
    .map(({ path, provider, usage }) => ({
      step: path,
      ...(provider === undefined ? {} : { provider }),
      usage: (usage ?? NO_USAGE) as unknown as JsonObject,
    }));
  const byTool = Object.entries(state.means).map(([tool, { calls, tokens, costUsd }]) => ({
    tool,
    calls,
    tokens,
    costUsd,
  }));
  return new OmniError('budget-exceeded', `${detail}${mostly(byTool)}`, { data: { limit, spent, byTool } });
}

const MOST = 3;

/** ` Spent so far: 12 calls of mt.translate 3400 tokens and $0.02.` */
function mostly(byTool: readonly (Mean & { readonly tool: string })[]): string {
  const most = [...byTool].sort((a, b) => b.costUsd - a.costUsd || b.tokens - a.tokens).slice(0, MOST);
  const parts = most.map(
    ({ tool, calls, tokens, costUsd }) =>
      `${calls} ${calls === 1 ? 'call' : 'calls'} of ${tool} ${tokens} tokens and $${rounded(costUsd)}`,
  );
  return parts.length === 0 ? '' : ` Spent so far: ${parts.join('; ')}.`;
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
    ...(maxCostUsd === undefined ? {} : { cost: Math.max(0, roundUsd(maxCostUsd - usage.costUsd - reserved.costUsd)) }),
  };
}

function rounded(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
