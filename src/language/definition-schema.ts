/** The JSON Schema of a definition file, for editors: made of the tables that the parser reads by. */
import type { JsonSchema } from '../plan/json';
import { PROBLEMS } from '../plan/problem';
import type { ToolRegistry } from '../tools/registry';
import { agentToolSchema, compensateSchema, kindSchemas, stepSchema } from './step-schema';
import { DEFINITION_SNIPPETS } from './step-snippets';
import { TYPE_SCHEMAS } from './type-schema';
import * as vocabulary from './vocabulary';
import { objectOf, partOf, propertiesOf } from './word-schema';

/** JSON Schema 2020-12, with what editors understand beyond it. */
export function definitionSchema(registry: ToolRegistry): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'omni-mcp definition',
    ...objectOf(vocabulary.DEFINITION_WORDS),
    defaultSnippets: DEFINITION_SNIPPETS,
    $defs: {
      trigger: objectOf(vocabulary.TRIGGER_WORDS),
      schedule: objectOf(vocabulary.SCHEDULE_WORDS),
      webhook: objectOf(vocabulary.WEBHOOK_WORDS),
      defaults: objectOf(vocabulary.DEFAULTS_WORDS),
      concurrency: objectOf(vocabulary.CONCURRENCY_WORDS),
      guards: objectOf(vocabulary.GUARDS_WORDS),
      budget: objectOf(vocabulary.BUDGET_WORDS),
      security: objectOf(vocabulary.SECURITY_WORDS),
      retry: objectOf(vocabulary.RETRY_WORDS),
      config: { type: 'object', properties: propertiesOf(vocabulary.CONFIG_WORDS) },
      duration: DURATION,
      expression: EXPRESSION,
      name: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' },
      ...TYPE_SCHEMAS,
      steps: { type: 'array', minItems: 1, items: { $ref: '#/$defs/step' } },
      step: stepSchema(['name'], registry),
      branchStep: stepSchema([], registry),
      ...kindSchemas(registry),
      case: {
        if: { required: ['default'] },
        then: partOf(vocabulary.CASE_WORDS, ['default']),
        else: partOf(vocabulary.CASE_WORDS, ['when', 'steps']),
      },
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
      compensate: compensateSchema(registry),
      think: objectOf(vocabulary.THINK_WORDS),
      agentTool: agentToolSchema(registry),
      approval: objectOf(vocabulary.APPROVAL_WORDS),
      limits: objectOf(vocabulary.LIMITS_WORDS),
      otherwise: { ...objectOf(vocabulary.OTHERWISE_WORDS), minProperties: 1, maxProperties: 1 },
      emit: objectOf(vocabulary.EMIT_WORDS),
      fail: { ...objectOf(vocabulary.FAIL_WORDS), examples: [{ type: Object.keys(PROBLEMS)[0] ?? 'validation' }] },
    },
  };
}

const DURATION: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^\\s*\\d+(\\.\\d+)?(ms|s|m|h|d)\\s*$' },
  ],
};

const EXPRESSION: JsonSchema = { anyOf: [{ type: 'string' }, { type: 'boolean' }] };

/** A list in which every item has a name is a list of steps. */
const HANDLERS: JsonSchema = {
  if: { type: 'array', items: { required: ['name'] } },
  then: { $ref: '#/$defs/steps' },
  else: {
    anyOf: [{ enum: ['fail', 'continue'] }, { type: 'array', minItems: 1, items: { $ref: '#/$defs/handler' } }],
  },
};
