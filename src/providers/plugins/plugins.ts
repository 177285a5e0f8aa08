/** The plugins of the settings in the registry: all of them or, where one is at fault, none. */
import type { Config } from '../../config';
import type { PluginSource } from '../../config/shapes';
import { resolveProvider } from '../../tools/provider-names';
import type { ToolRegistry } from '../../tools/registry';
import { createDoor, type Door } from '../http/door';
import { loadPlugin, refused } from './load';
import type { Plugin } from './shape';

export interface PluginSettings {
  readonly config: Pick<Config, 'tools' | 'variables'>;
  readonly door?: Door;
}

interface Loaded extends Plugin {
  /** As the setting says it. */
  readonly named: string;
}

/** Throws `validation`: which plugin, what is wrong, what to do. */
export async function addPlugins(registry: ToolRegistry, settings: PluginSettings): Promise<void> {
  const { config, door = createDoor({ allow: [], ownPorts: [] }) } = settings;
  const { sources, folder } = config.tools;
  const plugins: Loaded[] = [];
  for (const { plugin } of sources.filter((source): source is PluginSource => 'plugin' in source))
    plugins.push({ named: plugin, ...(await loadPlugin(plugin, folder)) });
  checkContracts(registry, plugins);
  checkProviders(registry, plugins);
  for (const contract of plugins.flatMap(({ contracts }) => contracts)) registry.addContract(contract);
  for (const provider of plugins.flatMap(({ providers }) => providers))
    registry.addProvider(provider.create({ variables: config.variables, door }));
}

function checkContracts(registry: ToolRegistry, plugins: readonly Loaded[]): void {
  const owners = new Map<string, string>();
  for (const { named, contracts } of plugins)
    for (const { name } of contracts) {
      const owner = owners.get(name) ?? (registry.contract(name) && 'the platform');
      if (owner !== undefined)
        throw refused(named, `its tool ${name} has a contract by ${owner}`, 'Give the tool another name');
      owners.set(name, named);
    }
}

function checkProviders(registry: ToolRegistry, plugins: readonly Loaded[]): void {
  const declared = new Set(plugins.flatMap(({ contracts }) => contracts.map(({ name }) => name)));
  const owners = new Map<string, string>();
  for (const { named, providers } of plugins)
    for (const { provider, tools } of providers) {
      const known = registry.provider(provider) !== undefined || resolveProvider(provider) !== undefined;
      const owner = owners.get(provider) ?? (known ? 'the platform' : undefined);
      if (owner !== undefined)
        throw refused(named, `the name of its provider ${provider} is taken by ${owner}`, 'Give it another name');
      owners.set(provider, named);
      const unknown = Object.keys(tools).find((tool) => !declared.has(tool) && registry.contract(tool) === undefined);
      if (unknown !== undefined)
        throw refused(
          named,
          `its provider ${provider} implements ${unknown}, which has no contract`,
          'Export one, made by defineTool, beside the provider',
        );
    }
}
