/** What can be said of a tool: its contract as JSON Schema, and each of its providers with limits, price and how its calls go here. */
import { contractSchema } from '../language/tool-types';
import type { JsonSchema } from '../plan/json';
import type { Price } from '../plan/price';
import type { ToolRegistry } from '../tools/registry';
import type { Provider, ToolContract } from '../tools/tool';
import type { Standing } from '../tools/turnstile';
import { exampleStep } from './example-step';

export interface ToolDescription extends Omit<ToolContract, 'input' | 'output' | 'idempotentFor'> {
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  readonly providers: readonly ToolProvider[];
  /** YAML of a list of one step. */
  readonly example: string;
}

export interface ToolProvider {
  readonly name: string;
  readonly title: string;
  readonly configured: boolean;
  /** Why it cannot be called. */
  readonly reason?: string;
  /** By the calls of this process, without asking the provider: `unknown` before the first. */
  readonly status: 'unconfigured' | 'healthy' | 'unhealthy' | 'unknown';
  readonly standing: Standing;
  /** Taken when a step names none. */
  readonly model?: string;
  /** Of the usual model, in US dollars; `{}` costs nothing, absent is unknown. */
  readonly price?: Price;
}

export interface ToolFilter {
  readonly category?: string | undefined;
  /** Only tools of this provider, and of their providers only this one. */
  readonly provider?: string | undefined;
}

/** In the order of registration. */
export function describeTools(registry: ToolRegistry, filter: ToolFilter = {}): readonly ToolDescription[] {
  return registry
    .contracts()
    .filter(({ category }) => filter.category === undefined || category === filter.category)
    .map((contract) => describeTool(registry, contract, filter.provider))
    .filter(({ providers }) => filter.provider === undefined || providers.length > 0);
}

export function describeTool(registry: ToolRegistry, contract: ToolContract, only?: string): ToolDescription {
  const { name, title, description, category, idempotent, placement, timeoutMs, input, output } = contract;
  const providers = registry
    .providers()
    .filter((provider) => Object.hasOwn(provider.tools, name) && (only === undefined || provider.name === only));
  const usual = providers.find(({ unconfigured }) => unconfigured === undefined) ?? providers[0];
  return {
    name,
    title,
    description,
    category,
    idempotent,
    placement,
    timeoutMs,
    input: contractSchema(input, 'input'),
    output: contractSchema(output, 'output'),
    providers: providers.map((provider) => describeProvider(registry, provider, name)),
    example: exampleStep(contract, usual?.name),
  };
}

function describeProvider(registry: ToolRegistry, provider: Provider, tool: string): ToolProvider {
  const { name, title, unconfigured, prices } = provider;
  const standing = registry.turnstile(provider).standing();
  const model = prices?.usual[tool];
  const price = registry.price(name, tool);
  return {
    name,
    title,
    configured: unconfigured === undefined,
    ...(unconfigured === undefined ? {} : { reason: unconfigured }),
    status: unconfigured === undefined ? statusOf(standing) : 'unconfigured',
    standing,
    ...(model === undefined ? {} : { model }),
    ...(price === undefined ? {} : { price }),
  };
}

function statusOf({ breaker, calls }: Standing): ToolProvider['status'] {
  if (breaker !== 'closed') return 'unhealthy';
  return calls === 0 ? 'unknown' : 'healthy';
}
