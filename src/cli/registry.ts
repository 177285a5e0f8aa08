/** The tools and providers that definitions are checked against. */
import path from 'node:path';
import type { Config, Environment } from '../config';
import { loadConfig } from '../config';
import type { Diagnostic } from '../language/diagnostic';
import { parseTools, withDeclared } from '../language/tool-file';
import { addKnownTools } from '../providers/more-tools';
import { addPlugins } from '../providers/plugins/plugins';
import { createProviders } from '../providers/providers';
import { CONTRACTS } from '../tools/contracts';
import { ToolRegistry } from '../tools/registry';
import { readText } from './definition-file';

/** Close it after use: engines may have been started. */
export async function builtInRegistry(config: Config): Promise<ToolRegistry> {
  const registry = new ToolRegistry(CONTRACTS, createProviders(config), config.prices);
  await addPlugins(registry, { config });
  addKnownTools(registry, { config });
  return registry;
}

/** The configuration of commands that only read definitions: servers that production requires are no matter to them. */
export function readingConfig(env: Environment): Config {
  return loadConfig({ ...env, NODE_ENV: 'development' });
}

/** The tools of a file beside those of the registry; what is wrong with the file is told in `diagnostics`. */
export function declaredRegistry(
  registry: ToolRegistry,
  { file, cwd }: { readonly file: string | undefined; readonly cwd: string },
): { readonly registry: ToolRegistry; readonly diagnostics: readonly Diagnostic[] } {
  if (file === undefined) return { registry, diagnostics: [] };
  const { tools, diagnostics } = parseTools({ text: readText(path.resolve(cwd, file)), file });
  return { registry: withDeclared(registry, tools), diagnostics };
}
