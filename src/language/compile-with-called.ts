/** Compiles a definition with the types of what it executes, where those definitions can be looked up. */
import type { ToolRegistry } from '../tools/registry';
import type { Compiled, DefinitionSource } from './compile';
import { compileDefinition } from './compile';
import { knownDefinitions } from './known-definitions';

export interface Definitions {
  /** Ids to suggest instead of one that does not exist. */
  readonly ids: readonly string[];
  readonly source: (id: string) => Promise<DefinitionSource | undefined>;
}

export async function compileWithCalled(
  source: DefinitionSource,
  registry: ToolRegistry,
  others: Definitions,
): Promise<Compiled> {
  const alone = compileDefinition(source, registry);
  if (alone.calls.length === 0 || alone.plan === undefined) return alone;
  const definitions = await knownDefinitions(alone.calls, {
    ids: others.ids,
    compiled: async (id) => {
      const found = await others.source(id);
      return found && compileDefinition(found, registry);
    },
  });
  return compileDefinition({ ...source, definitions }, registry);
}
