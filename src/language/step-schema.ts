/** A step as JSON Schema: the key that names its kind decides which other keys it may have. */
import type { JsonSchema } from '../plan/json';
import type { ToolRegistry } from '../tools/registry';
import { stepSnippets } from './step-snippets';
import { toolNames, toolRules, toolSnippets, unknownTool } from './tool-schema';
import type { Words } from './vocabulary';
import { COMPENSATE_WORDS, KIND_WORDS, STEP_WORDS } from './vocabulary';
import { objectOf, propertiesOf } from './word-schema';

const KINDS = Object.entries<Words>(KIND_WORDS);

/** `#/$defs/<kind>Step`, one for each kind: all keys of such a step. */
export function kindSchemas(registry: ToolRegistry): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    KINDS.map(([kind, words]) => {
      const schema = objectOf({ ...STEP_WORDS, ...words });
      return [`${kind}Step`, kind === 'tool' ? withTools(schema, registry, 'step') : schema];
    }),
  );
}

/** `required`: keys that a step needs where it stands. */
export function stepSchema(required: readonly string[], registry: ToolRegistry): JsonSchema {
  const kinds = KINDS.map(([kind]) => ({ required: [kind] }));
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    allOf: [
      ...KINDS.map(([kind]) => ({ if: isOfKind(kind), then: { $ref: `#/$defs/${kind}Step` } })),
      {
        if: { not: { anyOf: kinds } },
        then: {
          anyOf: kinds,
          properties: {
            ...propertiesOf(STEP_WORDS),
            ...Object.fromEntries(KINDS.map(([kind, words]) => headOf(kind, words))),
          },
          defaultSnippets: [...stepSnippets(), ...toolSnippets(registry)],
        },
      },
    ],
  };
}

export function compensateSchema(registry: ToolRegistry): JsonSchema {
  return withTools(objectOf(COMPENSATE_WORDS), registry, 'compensation');
}

function withTools(schema: JsonSchema, registry: ToolRegistry, of: 'step' | 'compensation'): JsonSchema {
  const { tool, ...rest } = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  const input = { ...rest['input'], doNotSuggest: true };
  return {
    ...schema,
    properties: { tool: toolNames(registry, tool ?? {}), ...rest, input },
    allOf: [...toolRules(registry, of), unknownTool(registry, rest['input'] ?? {})],
  };
}

/** `steps` is a kind only where it stands alone. */
function isOfKind(kind: string): JsonSchema {
  if (kind !== 'steps') return { required: [kind] };
  const beside = KINDS.filter(([other, words]) => other !== 'steps' && Object.hasOwn(words, 'steps'));
  return { required: [kind], not: { anyOf: beside.map(([other]) => ({ required: [other] })) } };
}

function headOf(kind: string, words: Words): readonly [string, JsonSchema] {
  const { description, markdownDescription } = propertiesOf(words)[kind] as JsonSchema;
  return [kind, { description: description ?? '', markdownDescription: markdownDescription ?? '' }];
}
