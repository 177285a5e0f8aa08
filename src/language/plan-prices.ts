/** The prices that a plan's calls go by, taken from the registry, and the refusal of calls whose price nobody knows. */
import { listsWithin } from '../plan/paths';
import type { AgentStep, Candidate, Plan, Step, ToolStep } from '../plan/plan';
import type { Price, PriceBook } from '../plan/price';
import { ANY_MODEL, priceIn } from '../plan/price';
import { OmniError } from '../plan/problem';
import { unknownPrice } from '../plan/unknown-price';
import { pricedModels } from '../tools/price-list';
import type { ToolRegistry } from '../tools/registry';

/** What the execution of a plan records of prices when it starts. `otherwise`: what stands in where nobody knows the price of a tool. */
export function pricesOf(
  { steps, finally: last = [] }: Pick<Plan, 'steps' | 'finally'>,
  registry: ToolRegistry,
  otherwise: (tool: string) => Price | undefined = () => undefined,
): PriceBook {
  const book: Record<string, Record<string, Record<string, Price>>> = {};
  for (const { tool, chain } of [...steps, ...last].flatMap((step) => toolSteps(step, 'all')))
    for (const candidate of chain)
      for (const model of [undefined, ...modelsOf(candidate, registry)]) {
        const { provider } = candidate;
        const price = registry.price(provider, tool, model) ?? otherwise(tool);
        if (price !== undefined) ((book[provider] ??= {})[tool] ??= {})[model ?? ANY_MODEL] = price;
      }
  return book;
}

/** The model that is written; one that an expression chooses may be any of those with a price. */
function modelsOf(candidate: Candidate, registry: ToolRegistry): readonly string[] {
  if (candidate.model !== undefined) return [candidate.model];
  const provider = registry.provider(candidate.provider);
  return provider !== undefined && choosesModel(candidate) ? pricedModels(provider, registry.overrides) : [];
}

function choosesModel({ model, config }: Candidate): boolean {
  return model === undefined && config.kind === 'object' && config.fields['model'] !== undefined;
}

export interface UnpricedCall {
  readonly step: ToolStep;
  readonly candidate: Candidate;
}

/** Calls within the budget that have no price; a model that is chosen when the step runs is looked at then. */
export function unpricedCalls(steps: readonly Step[], prices: PriceBook): readonly UnpricedCall[] {
  return steps
    .flatMap((step) => toolSteps(step, 'within budget'))
    .flatMap((step) =>
      step.chain
        .filter((candidate) => !choosesModel(candidate))
        .filter((candidate) => priceIn(prices, { ...candidate, tool: step.tool }) === undefined)
        .map((candidate) => ({ step, candidate })),
    );
}

/** Throws `policy` when the plan bounds its cost and the price of a call is unknown. */
export function refuseUnpriced({ steps, guards }: Plan, prices: PriceBook): void {
  if (guards.budget.maxCostUsd === undefined) return;
  const [first] = unpricedCalls(steps, prices);
  if (first === undefined) return;
  const { step, candidate } = first;
  throw new OmniError('policy', unknownPrice({ ...candidate, tool: step.tool, step: step.name }), {
    step: step.name,
    provider: candidate.provider,
  });
}

/** Compensations and `finally` may always spend, so no price is asked of them. */
export function toolSteps(step: Step, which: 'all' | 'within budget'): readonly ToolStep[] {
  return [
    ...(step.kind === 'tool' ? [step] : []),
    ...(step.kind === 'agent' ? loopCalls(step) : []),
    ...(which === 'all' && step.compensate !== undefined ? [step.compensate] : []),
    ...listsWithin(step).flatMap(([, steps]) => steps.flatMap((inner) => toolSteps(inner, which))),
  ];
}

/** What a model thinks with, and the tools that it may call. */
function loopCalls({ name, loop }: AgentStep): readonly ToolStep[] {
  const calls = loop === undefined ? [] : [loop.think, ...Object.values(loop.tools).map(({ step }) => step)];
  return calls.flatMap((call) => (call.kind === 'tool' ? [{ ...call, name: `${name}.${call.name}` }] : []));
}
