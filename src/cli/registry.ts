/** The tools and providers that definitions are checked against. */
import type { Config } from '../config';
import { createProviders } from '../providers/providers';
import { CONTRACTS } from '../tools/contracts';
import { ToolRegistry } from '../tools/registry';

/** Close it after use: engines may have been started. */
export function builtInRegistry(config: Config): ToolRegistry {
  return new ToolRegistry(CONTRACTS, createProviders(config));
}
