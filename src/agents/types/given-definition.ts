/** The definition that a task is about: by id, or as text. */
import { z } from 'zod';
import type { Compiled, DefinitionSource } from '../../language/compile';
import { compileWithCalled } from '../../language/compile-with-called';
import type { Diagnostic } from '../../language/diagnostic';
import { nearWord } from '../../language/near-word';
import type { Json } from '../../plan/json';
import { OmniError } from '../../plan/problem';
import type { ToolRegistry } from '../../tools/registry';

/** The definitions that there are, broken ones included. */
export interface DefinitionShelf {
  ids(): Promise<readonly string[]>;
  source(id: string): Promise<DefinitionSource | undefined>;
}

export interface DefinitionParts {
  readonly registry: ToolRegistry;
  readonly definitions: DefinitionShelf;
}

/** What compiles is at most so long, in characters. */
export const definitionText = z
  .string()
  .min(1)
  .max(262_144)
  .describe('The definition, as YAML or JSON, instead of `workflowName`.');

export const givenFields = {
  workflowName: z.string().min(1).optional().describe('Id of the definition.'),
  definition: definitionText.optional(),
};

interface Given {
  readonly workflowName?: string | undefined;
  readonly definition?: string | undefined;
}

/** Throws `not-found` with the nearest id, `validation` when neither is given, or both. */
export async function sourceOf(
  { workflowName, definition }: Given,
  { definitions }: DefinitionParts,
): Promise<DefinitionSource> {
  if ((workflowName === undefined) === (definition === undefined))
    throw new OmniError('validation', 'The task needs either workflowName, the id of a definition, or definition.');
  if (definition !== undefined) return { text: definition, file: 'definition' };
  const id = workflowName ?? '';
  const found = await definitions.source(id);
  if (found !== undefined) return found;
  const near = nearWord(id, await definitions.ids());
  throw new OmniError(
    'not-found',
    `There is no workflow ${id}. ${near === undefined ? 'GET /workflows lists those there are.' : `Did you mean ${near}?`}`,
    { retryable: false },
  );
}

export async function compileGiven(
  source: DefinitionSource,
  { registry, definitions }: DefinitionParts,
): Promise<Compiled> {
  return compileWithCalled(source, registry, { ids: await definitions.ids(), source: (id) => definitions.source(id) });
}

export const diagnosticShape = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'hint']),
  line: z.number(),
  column: z.number(),
  message: z.string(),
  suggestion: z.string().optional(),
});

/** Without the text that it is about. */
export function told({ code, severity, line, column, message, suggestion }: Diagnostic): Record<string, Json> {
  return { code, severity, line, column, message, ...(suggestion === undefined ? {} : { suggestion }) };
}
