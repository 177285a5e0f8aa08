/** The tools and providers that a scenario sees: those that exist, by name only, and those that it mocks. */
import type { MockTool, Scenario } from '../language/scenario';
import { withTools } from '../language/scenario-file';
import { OmniError } from '../plan/problem';
import { ToolRegistry } from '../tools/registry';
import type { Provider, ProviderTool } from '../tools/tool';
import { mockKey } from './mock-calls';

/** The last mock of a tool and provider counts. */
export function mocksByKey(mocks: readonly MockTool[]): ReadonlyMap<string, MockTool> {
  return new Map(mocks.map((mock) => [mockKey(mock), mock]));
}

/** Which providers are configured on this machine is no matter to a scenario: only its mocks say so. */
export function mockRegistry(
  registry: ToolRegistry,
  { tools }: Scenario,
  mocks: ReadonlyMap<string, MockTool>,
): ToolRegistry {
  const providers = new Map(registry.providers().map((provider) => [provider.name, shapeOf(provider)]));
  for (const { tool, provider, unconfigured } of mocks.values()) {
    const known: Provider = providers.get(provider) ?? { name: provider, title: provider, variables: [], tools: {} };
    const { unconfigured: before, ...rest } = known;
    const why = unconfigured ?? before;
    providers.set(provider, {
      ...rest,
      tools: { ...known.tools, [tool]: played },
      ...(why === undefined ? {} : { unconfigured: why }),
    });
  }
  return new ToolRegistry(withTools(registry, tools).contracts(), [...providers.values()], registry.overrides);
}

function shapeOf(provider: Provider): Provider {
  const { name, title, tools, prices } = provider;
  return {
    name,
    title,
    ...(prices === undefined ? {} : { prices }),
    knowsModel: (model) => provider.knowsModel?.(model) ?? true,
    variables: [],
    tools: Object.fromEntries(Object.keys(tools).map((tool) => [tool, played])),
  };
}

const played: ProviderTool = () =>
  Promise.reject(new OmniError('internal', 'In a scenario no provider is called: mocks answer.'));
