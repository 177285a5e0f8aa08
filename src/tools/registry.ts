/** Which tools exist and who provides them. */
import type { Price } from '../plan/price';
import { OmniError } from '../plan/problem';
import type { PriceOverrides } from './price-list';
import { listedPrice } from './price-list';
import type { Provider, ToolContract } from './tool';
import { createTurnstile, type LimitOverrides, type Turnstile } from './turnstile';

/** What processes bring along while they run. */
export interface Overlay {
  readonly contracts: readonly ToolContract[];
  readonly providers: readonly Provider[];
  /** Task queues by provider and tool. */
  readonly queues: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By provider and tool. */
  readonly prices: PriceOverrides;
}

export class ToolRegistry {
  readonly #contracts = new Map<string, ToolContract>();
  readonly #providers = new Map<string, Provider>();
  #above: Overlay = { contracts: [], providers: [], queues: {}, prices: {} };
  #revision = 0;

  readonly #turnstiles = new Map<string, Turnstile>();

  /** By provider: `overrides` are prices and `limits` limits that win over what the providers say themselves. */
  constructor(
    contracts: readonly ToolContract[],
    providers: readonly Provider[],
    readonly overrides: PriceOverrides = {},
    private readonly limits: LimitOverrides = {},
  ) {
    for (const contract of contracts) this.#contracts.set(contract.name, contract);
    for (const provider of providers) this.addProvider(provider);
  }

  contracts(): readonly ToolContract[] {
    return [...new Map([...this.#contracts, ...named(this.#above.contracts)]).values()];
  }

  providers(): readonly Provider[] {
    return [...new Map([...this.#providers, ...named(this.#above.providers)]).values()];
  }

  contract(tool: string): ToolContract | undefined {
    return this.#above.contracts.find(({ name }) => name === tool) ?? this.#contracts.get(tool);
  }

  provider(name: string): Provider | undefined {
    return this.#above.providers.find((one) => one.name === name) ?? this.beneath(name);
  }

  /** The provider as it is without what lies over it. */
  beneath(name: string): Provider | undefined {
    return this.#providers.get(name);
  }

  /** Another one whenever something was added or laid over it. */
  get revision(): number {
    return this.#revision;
  }

  get overlay(): Overlay {
    return this.#above;
  }

  /** From now on this lies over what was added, in the place of what lay there before. */
  lay(overlay: Overlay): void {
    this.#revision += 1;
    this.#above = overlay;
  }

  /** The task queue of the process that runs this tool; undefined: every engine does. */
  queue(provider: string, tool: string): string | undefined {
    const { queues } = this.#above;
    return Object.hasOwn(queues, provider) ? queues[provider]?.[tool] : undefined;
  }

  /** Names of the providers that implement a tool, in the order of registration. */
  providersOf(tool: string): readonly string[] {
    return this.providers()
      .filter((provider) => Object.hasOwn(provider.tools, tool))
      .map((provider) => provider.name);
  }

  /** What a call costs by the tool's usual model or, where the provider knows it, the named one; undefined: unknown. */
  price(provider: string, tool: string, model?: string): Price | undefined {
    const found = this.provider(provider);
    const { prices } = this.#above;
    const overrides = { ...this.overrides, [provider]: { ...prices[provider], ...this.overrides[provider] } };
    return found && listedPrice(found, { tool, ...(model === undefined ? {} : { model }) }, overrides);
  }

  addContract(contract: ToolContract): void {
    this.#revision += 1;
    this.#contracts.set(contract.name, contract);
  }

  /** Adds a provider; one of the same name is replaced. Every tool that it implements must have a contract. */
  addProvider(provider: Provider): void {
    for (const tool of Object.keys(provider.tools))
      if (!this.#contracts.has(tool))
        throw new OmniError(
          'validation',
          `Provider ${provider.name} implements ${tool}, which has no contract. Add one to src/tools.`,
        );
    this.#revision += 1;
    this.#providers.set(provider.name, provider);
  }

  /** What the provider's calls in this process pass; the same as long as the process lives. */
  turnstile({ name, limits }: Provider): Turnstile {
    const found = this.#turnstiles.get(name);
    if (found !== undefined) return found;
    const made = createTurnstile({ ...limits, ...(Object.hasOwn(this.limits, name) ? this.limits[name] : {}) });
    this.#turnstiles.set(name, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#providers.values()].map(async (provider) => provider.close?.()));
  }
}

function named<T extends { readonly name: string }>(list: readonly T[]): readonly (readonly [string, T])[] {
  return list.map((one) => [one.name, one] as const);
}
