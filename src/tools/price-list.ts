/** What a provider says of its prices, and where it has them from. */
import type { Price } from '../plan/price';
import { ANY_MODEL } from '../plan/price';
import type { Provider } from './tool';

export interface Rate extends Price {
  /** Day, or month, in which the vendor's page said so: `2026-11-02`, `2026-11`. */
  readonly date: string;
  /** The page. */
  readonly source: string;
}

export interface PriceList {
  /** By tool: the model that is taken when a step names none. */
  readonly usual: Readonly<Record<string, string>>;
  /** By model, else by tool name, else under `*`. */
  readonly rates: Readonly<Record<string, Rate>>;
}

/** From the settings: by provider, then by model, tool name or `*`. */
export type PriceOverrides = Readonly<Record<string, Readonly<Record<string, Price>>>>;

interface Asked {
  readonly tool: string;
  readonly model?: string;
}

/** The price of a call; undefined: unknown. What runs on this machine (`local`) or is paid by plan costs nothing. */
export function listedPrice(provider: Provider, asked: Asked, overrides: PriceOverrides): Price | undefined {
  const own = Object.hasOwn(overrides, provider.name) ? overrides[provider.name] : {};
  const rates: Readonly<Record<string, Price>> = { ...provider.prices?.rates, ...own };
  const known = asked.model !== undefined && (provider.knowsModel?.(asked.model) ?? true) ? asked.model : undefined;
  const name = known ?? provider.prices?.usual[asked.tool];
  for (const key of [name, asked.tool, ANY_MODEL])
    if (key !== undefined && Object.hasOwn(rates, key)) return priceOnly(rates[key] ?? {});
  return provider.name === 'local' || provider.byPlan === true ? {} : undefined;
}

/** Models with a price of their own, for steps that choose one only when they run. */
export function pricedModels(provider: Provider, overrides: PriceOverrides): readonly string[] {
  const own = Object.hasOwn(overrides, provider.name) ? overrides[provider.name] : {};
  const names = Object.keys({ ...provider.prices?.rates, ...own });
  return names.filter((name) => name !== ANY_MODEL && !Object.hasOwn(provider.tools, name));
}

/** Where a price is from is no part of what is recorded. */
function priceOnly(rate: Price): Price {
  return Object.fromEntries(Object.entries(rate).filter(([name]) => name.startsWith('usd')));
}
