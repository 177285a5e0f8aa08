/** The type `engineer`: writes definitions out of the tool catalogue, and mends them. */
import type { AgentType } from '../capability';
import { definitionRepair } from './definition-repair';
import type { ScaffoldParts } from './definition-scaffolding';
import { codeGeneration, definitionScaffolding } from './definition-scaffolding';
import type { DefinitionParts } from './given-definition';

export const engineerType = (parts: ScaffoldParts & DefinitionParts): AgentType => ({
  type: 'engineer',
  description: 'Writes definitions that compile with scenarios that pass, and mends those that do not.',
  capabilities: {
    code_generation: codeGeneration(parts),
    definition_scaffolding: definitionScaffolding(parts),
    definition_repair: definitionRepair(parts),
  },
  aliases: { generate_code: 'code_generation' },
});
