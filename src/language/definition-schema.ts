/** The JSON Schema of a definition file, for editors: made of the tables that the parser reads by. */
import type { JsonSchema } from '../plan/json';
import { PROBLEMS } from '../plan/problem';
import type { Words } from './vocabulary';
import * as vocabulary from './vocabulary';

/** JSON Schema 2020-12. Words that come in a later version are not in it. */
export function definitionSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'omni-mcp definition',
    ...objectOf(vocabulary.DEFINITION_WORDS),
    $defs: {
      trigger: objectOf(vocabulary.TRIGGER_WORDS),
      defaults: objectOf(vocabulary.DEFAULTS_WORDS),
      guards: objectOf(vocabulary.GUARDS_WORDS),
      budget: objectOf(vocabulary.BUDGET_WORDS),
      security: objectOf(vocabulary.SECURITY_WORDS),
      retry: objectOf(vocabulary.RETRY_WORDS),
      config: { type: 'object', properties: propertiesOf(vocabulary.CONFIG_WORDS) },
      duration: DURATION,
      expression: EXPRESSION,
      name: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' },
      fields: { type: 'object', additionalProperties: { $ref: '#/$defs/type' } },
      type: TYPE,
      steps: { type: 'array', minItems: 1, items: { $ref: '#/$defs/step' } },
      step: { anyOf: kinds(['name']) },
      branchStep: { anyOf: kinds([]) },
      case: { anyOf: [partOf(vocabulary.CASE_WORDS, ['when', 'steps']), partOf(vocabulary.CASE_WORDS, ['default'])] },
      handlers: HANDLERS,
      handler: objectOf(vocabulary.HANDLER_WORDS),
      repeat: {
        ...objectOf(vocabulary.REPEAT_WORDS),
        anyOf: ['while', 'until', 'max'].map((key) => ({ required: [key] })),
      },
      waitUntil: objectOf(vocabulary.WAIT_WORDS),
      waitFor: objectOf(vocabulary.WAIT_FOR_WORDS),
      reminder: {
        ...objectOf(vocabulary.REMINDER_WORDS),
        oneOf: ['after', 'every'].map((key) => ({ required: [key] })),
        anyOf: ['to', 'steps'].map((key) => ({ required: [key] })),
      },
      roles: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]*$' } },
      compensate: objectOf(vocabulary.COMPENSATE_WORDS),
      emit: objectOf(vocabulary.EMIT_WORDS),
      fail: { ...objectOf(vocabulary.FAIL_WORDS), examples: [{ type: Object.keys(PROBLEMS)[0] ?? 'validation' }] },
    },
  };
}

const DURATION: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$' },
  ],
};

const EXPRESSION: JsonSchema = { anyOf: [{ type: 'string' }, { type: 'boolean' }] };

const TYPE: JsonSchema = {
  anyOf: [
    { type: 'string' },
    objectOf(vocabulary.TYPE_WORDS),
    { type: 'object', required: ['$schema'], properties: { $schema: { type: 'string' } }, additionalProperties: false },
    {
      type: 'object',
      not: { anyOf: [{ required: ['type'] }, { required: ['$schema'] }] },
      additionalProperties: { $ref: '#/$defs/type' },
    },
  ],
};

const HANDLERS: JsonSchema = {
  anyOf: [
    { enum: ['fail', 'continue'] },
    { type: 'array', minItems: 1, items: { $ref: '#/$defs/handler' } },
    { $ref: '#/$defs/steps' },
  ],
};

/** One schema per step kind: the keys of every step, and its own. */
function kinds(required: readonly string[]): JsonSchema[] {
  return Object.values<Words>(vocabulary.KIND_WORDS).map((words) => {
    const schema = objectOf({ ...vocabulary.STEP_WORDS, ...words });
    return { ...schema, required: [...required, ...requiredOf(words)] };
  });
}

function partOf(words: Words, keys: readonly string[]): JsonSchema {
  const part = Object.fromEntries(Object.entries(words).filter(([key]) => keys.includes(key)));
  return { ...objectOf(part), required: keys };
}

function objectOf(words: Words): JsonSchema {
  const required = requiredOf(words);
  return {
    type: 'object',
    properties: propertiesOf(words),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function requiredOf(words: Words): readonly string[] {
  return Object.entries(words).flatMap(([key, word]) => (word.required === true ? [key] : []));
}

function propertiesOf(words: Words): JsonSchema {
  const shown = Object.entries(words).filter(([, word]) => word.later !== true);
  return Object.fromEntries(shown.map(([key, { description, schema }]) => [key, { description, ...schema }]));
}
