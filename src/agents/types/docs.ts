/** The type `docs`: writes the pages of definitions. */
import { z } from 'zod';
import { toMermaid } from '../../language/graph';
import { OmniError } from '../../plan/problem';
import type { AgentType } from '../capability';
import { defineCapability } from '../capability';
import { definitionPage } from './definition-page';
import type { DefinitionParts } from './given-definition';
import { compileGiven, givenFields, sourceOf, told } from './given-definition';

export const docsType = (parts: DefinitionParts): AgentType => ({
  type: 'docs',
  description: 'Writes the page of a definition, and keeps to what the definition says.',
  capabilities: { documentation_generation: documentationGeneration(parts) },
  aliases: { generate_documentation: 'documentation_generation' },
});

const documentationGeneration = (parts: DefinitionParts) =>
  defineCapability({
    description: 'Writes the page of a definition: what it does, its diagram, types, steps, providers, guards, errors.',
    input: z.strictObject(givenFields),
    output: z.object({
      id: z.string(),
      version: z.string(),
      path: z.string().describe('Where the page would lie, by the definition’s id.'),
      page: z.string().describe('Markdown.'),
      diagram: z.string().describe('Mermaid; it stands in the page too.'),
    }),
    async run(given) {
      const source = await sourceOf(given, parts);
      const { plan, definition, diagnostics } = await compileGiven(source, parts);
      if (plan === undefined || definition === undefined) {
        const first = diagnostics.find(({ severity }) => severity === 'error');
        throw new OmniError(
          'validation',
          `The definition has errors, so there is nothing to describe.${first === undefined ? '' : ` The first, in line ${first.line}: ${first.message}`}`,
          { status: 422, data: { diagnostics: diagnostics.map(told) } },
        );
      }
      const { id, version } = plan;
      const page = definitionPage({ plan, definition, diagnostics, registry: parts.registry });
      return { output: { id, version, path: `docs/workflows/${id}.md`, page, diagram: toMermaid(plan) } };
    },
  });
