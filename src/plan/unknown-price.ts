/** The words for a call that nobody can price. */
import type { Priced } from './price';

/** What is unknown, why that matters, and how to supply it. */
export function unknownPrice({ step, provider, tool, model }: Priced & { readonly step: string }): string {
  const what = model === undefined ? tool : `${tool} with the model ${model}`;
  return `The step ${step} calls ${what} of ${provider}, whose price is unknown, so guards.budget.maxCost cannot be kept. Set the price in the settings file (CONFIG_PATH), under prices.${provider}["${model ?? tool}"], or in the file at OMNI_PRICES; or take maxCost away.`;
}
