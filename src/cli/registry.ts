/** The tools and providers that definitions are checked against. */
import type { Config, Environment } from '../config';
import { loadConfig } from '../config';
import { createProviders } from '../providers/providers';
import { CONTRACTS } from '../tools/contracts';
import { ToolRegistry } from '../tools/registry';

/** Close it after use: engines may have been started. */
export function builtInRegistry(config: Config): ToolRegistry {
  return new ToolRegistry(CONTRACTS, createProviders(config));
}

/** The configuration of commands that only read definitions: servers that production requires are no matter to them. */
export function readingConfig(env: Environment): Config {
  return loadConfig({ ...env, NODE_ENV: 'development' });
}
