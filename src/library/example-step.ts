/** A step that calls a tool, as it could stand in a definition. */
import { slug } from '../language/names';
import { yamlText } from '../language/plain-yaml';
import { contractSchema } from '../language/tool-types';
import type { JsonObject } from '../plan/json';
import { own } from '../plan/json';
import { complete } from '../scenarios/sample';
import type { ToolContract } from '../tools/tool';

/** YAML: a list of one step with every input that the tool cannot do without. The values have the right shape and no meaning. */
export function exampleStep({ name, input, output }: ToolContract, provider: string | undefined): string {
  const action = slug(name.slice(name.indexOf('.') + 1)).replaceAll('-', '_') || 'step';
  const step: JsonObject = {
    name: action,
    tool: name,
    ...(provider === undefined ? {} : { provider }),
    input: complete(contractSchema(input, 'input'), undefined).value,
    ...(answersAsAsked(output) ? { output: { answer: 'string' } } : {}),
  };
  return yamlText([step]);
}

/** An object of which the contract names no field: what is in it, the step says. */
function answersAsAsked(output: ToolContract['output']): boolean {
  const schema = contractSchema(output, 'output');
  if (schema['type'] !== 'object' || schema['additionalProperties'] === false) return false;
  return Object.keys(own(schema, 'properties') ?? {}).length === 0;
}
