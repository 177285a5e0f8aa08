/** YAML and JSON of others as plain data, without a word about where what stands; and plain data as YAML. */
import { parse, stringify } from 'yaml';
import type { Json } from '../plan/json';
import { OmniError } from '../plan/problem';

/** Throws `validation` with the place of the fault. */
export function plainYaml(text: string): Json {
  try {
    return text.trimStart().startsWith('{') ? (JSON.parse(text) as Json) : (parse(text) as Json);
  } catch (error) {
    throw new OmniError('validation', `It is neither YAML nor JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/** With a line break at its end. */
export function yamlText(value: Json): string {
  return stringify(value, { lineWidth: 0 });
}
