/** JSON Schemas for editors, with the tools that are registered when they are asked for. */
import { z } from 'zod';
import { definitionSchema } from '../../src/language/definition-schema';
import { scenarioSchema } from '../../src/language/scenario-schema';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';

const MEDIA_TYPE = 'application/schema+json';

export function schemaRoutes({ registry }: ApiDependencies): readonly Route[] {
  return [
    { path: '/schemas/definition.json', of: 'definitions', schema: definitionSchema },
    { path: '/schemas/scenarios.json', of: 'scenario files', schema: scenarioSchema },
  ].map(({ path, of, schema }) =>
    route({
      method: 'get',
      path,
      tag: 'Documentation',
      summary: `JSON Schema of ${of}, for editors`,
      answers: {
        200: {
          description: 'JSON Schema 2020-12',
          schema: z.looseObject({ $schema: z.string() }),
          mediaType: MEDIA_TYPE,
        },
      },
      handle: () => ({ mediaType: MEDIA_TYPE, body: schema(registry) }),
    }),
  );
}
