/** What a compiler must know of the tools, as data that another thread can have; what only functions can tell it asks for. */
import { z } from 'zod';
import type { SchemaSource } from '../language/named-types';
import { contractSchema, takeSchemaFrom } from '../language/tool-types';
import type { JsonObject, JsonSchema } from '../plan/json';
import type { PriceOverrides } from '../tools/price-list';
import type { Overlay } from '../tools/registry';
import { ToolRegistry } from '../tools/registry';
import type { Provider, ToolContract } from '../tools/tool';

export interface RegistryCopy {
  readonly contracts: readonly ContractCopy[];
  readonly providers: readonly ProviderCopy[];
  readonly queues: Overlay['queues'];
  readonly prices: PriceOverrides;
  readonly overrides: PriceOverrides;
}

interface ContractCopy extends Omit<ToolContract, 'input' | 'output' | 'idempotentFor'> {
  /** Whether the input decides about repeating. */
  readonly depends: boolean;
}

interface ProviderCopy extends Pick<Provider, 'name' | 'title' | 'prices' | 'byPlan'> {
  readonly tools: readonly string[];
  /** Whether it tells which models it knows. */
  readonly choosy: boolean;
}

type Side = 'input' | 'output';

/** What the copy's functions ask of the registry that it was made of. */
export type Question =
  | { readonly about: 'contract'; readonly tool: string; readonly member: Side; readonly io: Side }
  | { readonly about: 'idempotent'; readonly tool: string; readonly written: JsonObject }
  | { readonly about: 'model'; readonly provider: string; readonly model: string }
  | { readonly about: 'schema'; readonly name: string };

export type Ask = (question: Question) => unknown;

export function copyRegistry(registry: ToolRegistry): RegistryCopy {
  const { overlay, overrides } = registry;
  return {
    // Member by member: what plugins hold beside them may be no data.
    contracts: registry.contracts().map((contract) => {
      const { name, title, description, category, idempotent, placement, timeoutMs, unredacted } = contract;
      const facts = { name, title, description, category, idempotent, placement, timeoutMs };
      const depends = contract.idempotentFor !== undefined;
      return { ...facts, ...(unredacted === undefined ? {} : { unredacted }), depends };
    }),
    providers: registry.providers().map(({ name, title, prices, byPlan, tools, ...rest }) => ({
      name,
      title,
      ...(prices === undefined ? {} : { prices }),
      ...(byPlan === undefined ? {} : { byPlan }),
      tools: Object.keys(tools),
      choosy: 'knowsModel' in rest,
    })),
    queues: overlay.queues,
    prices: overlay.prices,
    overrides,
  };
}

/** Answers what the copy asks; undefined for a tool or provider that is gone meanwhile. */
export function answer(question: Question, registry: ToolRegistry, schemas: SchemaSource): unknown {
  switch (question.about) {
    case 'contract': {
      const contract = registry.contract(question.tool);
      return contract && contractSchema(contract[question.member], question.io);
    }
    case 'idempotent':
      return registry.contract(question.tool)?.idempotentFor?.(question.written);
    case 'model':
      return registry.provider(question.provider)?.knowsModel?.(question.model);
    case 'schema':
      return schemas(question.name);
  }
}

/** A registry to compile with, not to call tools with. */
export function registryFrom(copy: RegistryCopy, ask: Ask): ToolRegistry {
  const contracts = copy.contracts.map(({ depends, ...rest }): ToolContract => {
    const { name: tool, idempotent } = rest;
    const contract: ToolContract = {
      ...rest,
      input: z.unknown(),
      output: z.unknown(),
      ...(depends
        ? {
            idempotentFor: (written) =>
              (ask({ about: 'idempotent', tool, written }) as ToolContract['idempotent'] | undefined) ?? idempotent,
          }
        : {}),
    };
    for (const member of ['input', 'output'] as const)
      takeSchemaFrom(
        contract[member],
        (io) => (ask({ about: 'contract', tool, member, io }) as JsonSchema | undefined) ?? {},
      );
    return contract;
  });
  const providers = copy.providers.map(({ tools, choosy, name, ...rest }): Provider => ({
    ...rest,
    name,
    variables: [],
    tools: Object.fromEntries(tools.map((tool) => [tool, notHere])),
    ...(choosy ? { knowsModel: (model) => ask({ about: 'model', provider: name, model }) === true } : {}),
  }));
  const registry = new ToolRegistry(contracts, providers, copy.overrides);
  registry.lay({ contracts: [], providers: [], queues: copy.queues, prices: copy.prices });
  return registry;
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('A copy of a registry calls nothing.'));
}
