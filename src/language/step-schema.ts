/** A step as JSON Schema: the key that names its kind decides which other keys it may have. */
import type { JsonSchema } from '../plan/json';
import { own } from '../plan/json';
import type { ToolRegistry } from '../tools/registry';
import { stepSnippets } from './step-snippets';
import { LOOP_KEYS } from './steps/agent-loop';
import { toolNames, toolRules, toolSnippets, unknownTool } from './tool-schema';
import type { Words } from './vocabulary';
import {
  COMPENSATE_WORDS,
  KIND_WORDS,
  MAY_CALL_AGENT_WORDS,
  MAY_CALL_TOOL_WORDS,
  MAY_CALL_WORKFLOW_WORDS,
  STEP_WORDS,
} from './vocabulary';
import { objectOf, propertiesOf } from './word-schema';

const KINDS = Object.entries<Words>(KIND_WORDS);

/** `#/$defs/<kind>Step`, one for each kind: all keys of such a step. */
export function kindSchemas(registry: ToolRegistry): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    KINDS.map(([kind, words]) => {
      const schema = objectOf({ ...STEP_WORDS, ...words });
      const whole = kind === 'agent' ? { ...schema, ...ONE_OF_BOTH } : schema;
      return [`${kind}Step`, kind === 'tool' ? withTools(schema, registry, 'step') : whole];
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

/** An agent does what it is asked for, or what a model makes of a goal. */
const ONE_OF_BOTH: JsonSchema = {
  anyOf: ['capability', 'goal'].map((key) => ({ required: [key] })),
  dependentRequired: Object.fromEntries(LOOP_KEYS.map((key) => [key, ['goal']])),
};

/** One of `tools` of a model-driven agent: the name of a tool, or what is called with its terms. */
export function agentToolSchema(registry: ToolRegistry): JsonSchema {
  const { tool = {}, ...rest } = propertiesOf(MAY_CALL_TOOL_WORDS) as Readonly<Record<string, JsonSchema>>;
  const names = toolNames(registry, tool);
  const forms: readonly (readonly [string, JsonSchema])[] = [
    ['tool', { ...objectOf(MAY_CALL_TOOL_WORDS), properties: { tool: names, ...rest } }],
    ['workflow', objectOf(MAY_CALL_WORKFLOW_WORDS)],
    ['agent', objectOf(MAY_CALL_AGENT_WORDS)],
  ];
  const terms = {
    type: 'object',
    allOf: forms.map(([key, then]) => ({ if: { required: [key] }, then })),
    anyOf: forms.map(([key]) => ({ required: [key] })),
    properties: Object.fromEntries(forms.map(([key, { properties }]) => [key, own(properties, key) ?? {}])),
  };
  return { anyOf: [names, terms] };
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
