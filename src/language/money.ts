/** What the checker says of money: calls that cost some without a budget, and a budget of money with calls that nobody can price. */
import type { Guards, Step } from '../plan/plan';
import { isPaid } from '../plan/price';
import { unknownPrice } from '../plan/unknown-price';
import type { ToolRegistry } from '../tools/registry';
import { pricesOf, toolSteps, unpricedCalls } from './plan-prices';
import type { Range, Report } from './report';

export interface Spending {
  readonly guards: Guards;
  readonly steps: readonly Step[];
  /** Steps of `finally`, which may always spend. */
  readonly last: readonly Step[];
  readonly registry: ToolRegistry;
  /** Where it is reported. */
  readonly place: Range;
}

export function reportMoney(report: Report, spending: Spending): void {
  const { budget } = spending.guards;
  if (Object.keys(budget).length === 0) reportMissingBudget(report, spending);
  if (budget.maxCostUsd !== undefined) reportUnknownPrices(report, spending);
}

/** Only a budget ends a definition that calls too often what costs money. What has no known price may. */
function reportMissingBudget(report: Report, { steps, last, registry, place }: Spending): void {
  const paid = [...steps, ...last]
    .flatMap((step) => toolSteps(step, 'all'))
    .find(({ tool, chain }) =>
      chain.some(({ provider, model }) => {
        const price = registry.price(provider, tool, model);
        return price === undefined || isPaid(price);
      }),
    );
  if (paid === undefined) return;
  const message = `The step ${paid.name} calls ${paid.chain.map(({ provider }) => provider).join(', ')}, and nothing bounds the cost. Give guards.budget a maxCost, maxTokens or maxMs.`;
  report.add('no-budget', place, message);
}

/** Published all the same, since prices are set where it runs; it cannot be started without them. */
function reportUnknownPrices(report: Report, { steps, last, registry, place }: Spending): void {
  const calls = unpricedCalls(steps, pricesOf({ steps, finally: last }, registry));
  const messages = calls.map(({ step, candidate }) => unknownPrice({ ...candidate, tool: step.tool, step: step.name }));
  for (const message of new Set(messages)) report.add('unknown-price', place, message);
}
