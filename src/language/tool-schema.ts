/** What the registered tools add to the JSON Schema of definitions: their names, inputs, providers and a snippet for each. */
import type { JsonObject, JsonSchema } from '../plan/json';
import { own } from '../plan/json';
import { formatDuration } from '../plan/duration';
import type { ToolRegistry } from '../tools/registry';
import type { ToolContract } from '../tools/tool';
import { openToExpressions } from './expression-schema';
import type { Snippet } from './step-snippets';
import { contractSchema } from './tool-types';
import type { Words } from './vocabulary';
import { CONFIG_WORDS } from './vocabulary';
import { hoverOf, propertiesOf } from './word-schema';

const REPEATED = {
  key: 'safe to repeat with its idempotency key',
  natural: 'safe to repeat',
  none: 'tried once',
} as const;

/** The key `tool`: names to choose from; others are let through, for a tool may be registered elsewhere. */
export function toolNames(registry: ToolRegistry, other: JsonSchema): JsonSchema {
  const known = registry.contracts().map((contract) => ({
    const: contract.name,
    description: contract.description,
    markdownDescription: page(registry, contract),
  }));
  return { anyOf: [...known, { ...other, type: 'string' }] };
}

/** What holds for `input` where no rule knows the tool. */
export function unknownTool(registry: ToolRegistry, input: JsonSchema): JsonSchema {
  const known = registry.contracts().map(({ name }) => name);
  return {
    if: { not: { required: ['tool'], properties: { tool: { enum: known } } } },
    then: { properties: { input } },
  };
}

/** One rule per tool, which holds where the key `tool` names it. */
export function toolRules(registry: ToolRegistry, of: 'step' | 'compensation'): readonly JsonSchema[] {
  return registry.contracts().map((contract) => {
    const input = contractSchema(contract.input, 'input');
    return {
      if: { required: ['tool'], properties: { tool: { const: contract.name } } },
      then: {
        ...(needed(input).length === 0 ? {} : { required: ['input'] }),
        properties: {
          input: { ...openToExpressions(input), description: `What ${contract.name} takes.` },
          ...(of === 'step' ? stepProperties(registry, contract.name) : {}),
        },
      },
    };
  });
}

function stepProperties(registry: ToolRegistry, tool: string): JsonObject {
  const names = registry.providersOf(tool);
  const providers = names.map((name) => ({ const: name, description: registry.provider(name)?.title ?? name }));
  const layer = { type: 'object', properties: propertiesOf(LAYER_WORDS) };
  const { fallback } = CONFIG_WORDS;
  return {
    provider: { anyOf: [...providers, { type: 'string' }] },
    config: {
      type: 'object',
      properties: {
        fallback: {
          ...hoverOf('fallback', fallback),
          anyOf: [...providers, { enum: ['text-only', 'skip'] }, { type: 'string' }],
        },
        ...Object.fromEntries(
          names.map((name) => [name, { anyOf: [layer, {}], description: `Counts for the provider ${name} alone.` }]),
        ),
      },
    },
  };
}

/** Keys of the platform's own that a provider may have for itself. */
const LAYER_WORDS: Words = { timeout: CONFIG_WORDS.timeout, model: CONFIG_WORDS.model, stream: CONFIG_WORDS.stream };

function page(registry: ToolRegistry, contract: ToolContract): string {
  const { name, title, description, idempotent, idempotentFor, timeoutMs } = contract;
  const repeated = idempotentFor === undefined ? REPEATED[idempotent] : 'tried again where its input allows';
  const providers = registry.providersOf(name).map((provider) => `\`${provider}\``);
  return [
    `**${title}** \`${name}\``,
    description,
    `Providers: ${providers.join(', ') || 'none'}. An attempt takes at most ${formatDuration(timeoutMs)} and is ${repeated}.`,
  ].join('\n\n');
}

/** A step that calls the tool, with every input that it cannot do without. */
export function toolSnippets(registry: ToolRegistry): readonly Snippet[] {
  return registry.contracts().map(({ name, title, input }) => {
    const fields = needed(contractSchema(input, 'input'));
    const values = fields.map((field, index) => [field, `\${${index + 2}:${field}}`]);
    return {
      label: `tool ${name}`,
      description: title,
      body: { name: `\${1:${name.replace(/\W/g, '_')}}`, tool: name, input: Object.fromEntries(values) as JsonObject },
    };
  });
}

function needed(schema: JsonSchema): readonly string[] {
  const required = own(schema, 'required');
  return Array.isArray(required) ? required.map(String) : [];
}
