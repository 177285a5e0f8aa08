/** The text that a definition was published with, and the schemas that it may refer to: what whoever compiles it anew needs. */
import type { Catalogue } from '../catalogue/catalogue';
import { definitionFolder } from '../catalogue/definition-folder';
import type { Config } from '../config';
import type { DefinitionSource } from '../language/compile';
import { OmniError } from '../plan/problem';

export interface DefinitionSourceParts {
  readonly catalogue: Pick<Catalogue, 'get'>;
  readonly config: Pick<Config, 'definitionsDir'>;
}

/** Undefined for one that there is not. */
export async function definitionSource(
  { catalogue, config }: DefinitionSourceParts,
  id: string,
): Promise<DefinitionSource | undefined> {
  try {
    const { text, file = `${id}.yaml` } = await catalogue.get(id);
    return { text, file, id, schemas: definitionFolder(config.definitionsDir, { follow: true }).schemas };
  } catch (error) {
    if (error instanceof OmniError && error.problem.type === 'not-found') return undefined;
    throw error;
  }
}
