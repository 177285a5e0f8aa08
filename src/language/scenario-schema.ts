/** The JSON Schema of scenario files, for editors: made of the tables that their parser reads by. */
import type { JsonSchema } from '../plan/json';
import { PROBLEMS } from '../plan/problem';
import type { ToolRegistry } from '../tools/registry';
import { STATUSES } from './scenario-expect';
import { SETUP, TEARDOWN } from './scenario-setup';
import * as words from './scenario-words';
import { toolNames } from './tool-schema';
import { contractSchema } from './tool-types';
import { TYPE_SCHEMAS } from './type-schema';
import type { Words } from './vocabulary';
import { objectOf } from './word-schema';

/** JSON Schema 2020-12, with what editors understand beyond it: of a file with one scenario or with several. */
export function scenarioSchema(registry: ToolRegistry): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'omni-mcp scenarios',
    if: { required: ['scenarios'] },
    then: objectOf(words.FILE_WORDS),
    else: objectOf(words.LONE_SCENARIO_WORDS),
    $defs: {
      ...TYPE_SCHEMAS,
      scenario: objectOf(words.SCENARIO_WORDS),
      step: STEP,
      executeInput: objectOf(words.EXECUTE_WORDS),
      flagInput: objectOf(words.FLAG_WORDS),
      setup: commands(SETUP),
      teardown: commands(TEARDOWN),
      tools: { type: 'object', additionalProperties: { $ref: '#/$defs/tool' } },
      tool: objectOf(words.TOOL_WORDS),
      mock: { ...withTools(words.MOCK_WORDS, registry), allOf: answers(registry) },
      response: objectOf(words.RESPONSE_WORDS),
      error: { if: { type: 'object' }, then: objectOf(words.ERROR_WORDS), else: PROBLEM_TYPE },
      errorMatch: { if: { type: 'object' }, else: PROBLEM_TYPE },
      problemType: PROBLEM_TYPE,
      usage: objectOf(words.USAGE_WORDS),
      message: {
        ...objectOf(words.MESSAGE_WORDS),
        oneOf: ['signal', 'answer', 'cancel'].map((key) => ({ required: [key] })),
      },
      expect: objectOf(words.EXPECT_WORDS),
      place: {
        if: { type: 'object' },
        then: { minProperties: 1, maxProperties: 1, additionalProperties: { enum: STATUSES } },
        else: { type: 'string' },
      },
      agent: objectOf(words.AGENT_WORDS),
      agentResponse: objectOf(words.AGENT_RESPONSE_WORDS),
      agentTask: objectOf(words.AGENT_TASK_WORDS),
      event: objectOf(words.EVENT_WORDS),
      call: withTools(words.CALL_WORDS, registry),
      elapsed: { if: { type: 'object' }, then: objectOf(words.ELAPSED_WORDS), else: { $ref: '#/$defs/moment' } },
      moment: {
        anyOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', pattern: '^\\s*(0|\\d+(\\.\\d+)?(ms|s|m|h|d))\\s*$' },
        ],
      },
    },
  };
}

const PROBLEM_TYPE: JsonSchema = {
  anyOf: [{ enum: Object.keys(PROBLEMS) }, { type: 'string', pattern: '^app/\\S+$' }],
};

/** The action says what its input is. */
const STEP: JsonSchema = {
  ...objectOf(words.STEP_WORDS),
  allOf: [
    { action: 'execute_workflow', input: 'executeInput' },
    { action: 'check_feature_flag', input: 'flagInput' },
  ].map(({ action, input }) => ({
    if: { required: ['action'], properties: { action: { const: action } } },
    then: { properties: { input: { $ref: `#/$defs/${input}` } } },
  })),
};

/** Commands of a few words. */
function commands(forms: Readonly<Record<string, readonly string[]>>): JsonSchema {
  const entries = Object.entries(forms);
  return {
    type: 'array',
    items: {
      type: 'string',
      anyOf: entries.map(([command, rest]) => ({
        pattern: `^\\s*${[command, ...rest.map((word) => (word.includes('|') ? `(${word})` : '\\S+'))].join('\\s+')}\\s*$`,
      })),
      defaultSnippets: entries.map(([command, rest]) => ({
        label: command,
        body: [command, ...rest.map((word, index) => `\${${index + 1}:${word.split('|')[0]}}`)].join(' '),
      })),
    },
  };
}

function withTools(table: Words & { readonly tool: Words[string] }, registry: ToolRegistry): JsonSchema {
  const schema = objectOf(table);
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  return { ...schema, properties: { ...properties, tool: toolNames(registry, properties['tool'] ?? {}) } };
}

/** Names of what the tool answers and takes, to choose from; the parser fills what is left out. */
function answers(registry: ToolRegistry): readonly JsonSchema[] {
  return registry.contracts().map((contract) => ({
    if: { required: ['tool'], properties: { tool: { const: contract.name } } },
    then: {
      properties: {
        output: named(contractSchema(contract.output, 'input')),
        defaultResponse: named(contractSchema(contract.output, 'input')),
      },
    },
  }));
}

function named({ properties }: JsonSchema): JsonSchema {
  const fields = Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>);
  return {
    properties: Object.fromEntries(
      fields.map(([name, { description }]) => [name, description === undefined ? {} : { description }]),
    ),
  };
}
