/** Tables of words as JSON Schema: the keys of a mapping with the text that an editor shows for each. */
import type { Json, JsonObject, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import type { Word, Words } from './vocabulary';

/** A mapping that has these keys and no other. */
export function objectOf(words: Words): JsonSchema {
  const required = requiredOf(words);
  return {
    type: 'object',
    properties: propertiesOf(words),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** The same with only some of the keys, all of which are needed. */
export function partOf(words: Words, keys: readonly string[]): JsonSchema {
  const part = Object.fromEntries(Object.entries(words).filter(([key]) => keys.includes(key)));
  return { ...objectOf(part), required: keys };
}

export function requiredOf(words: Words): readonly string[] {
  return Object.entries(words).flatMap(([key, word]) => (word.required === true ? [key] : []));
}

export function propertiesOf(words: Words): JsonSchema {
  return Object.fromEntries(
    Object.entries(words).map(([key, word]) => [key, { ...hoverOf(key, word), ...word.schema }]),
  );
}

/** What an editor shows beside a key: `description` where it knows no Markdown. */
export function hoverOf(
  key: string,
  { description, schema, required }: Word,
): Readonly<Record<'description' | 'markdownDescription', string>> {
  const facts = [valueOf(schema), ...(required === true ? ['required'] : [])].join(', ');
  return { description, markdownDescription: `\`${key}\`: ${facts}\n\n${description}` };
}

/** What stands under a key, in a few words: `duration`, `all, any or whole number`, `list of role`. */
export function valueOf(schema: Json): string {
  if (!isObject(schema)) return 'anything';
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') return wordsOf(reference.slice(reference.lastIndexOf('/') + 1));
  if (Object.hasOwn(schema, 'const')) return JSON.stringify(own(schema, 'const'));
  const words = own(schema, 'enum');
  if (Array.isArray(words)) return alternatives(words.map(String));
  const variants = own(schema, 'anyOf');
  if (Array.isArray(variants)) return alternatives((variants as readonly Json[]).map(valueOf));
  return plainValue(schema);
}

const PLAIN: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
};

function plainValue(schema: JsonObject): string {
  const type = own(schema, 'type');
  if (type === 'array') return `list of ${valueOf(own(schema, 'items') ?? {})}`;
  if (type !== 'object') return (typeof type === 'string' ? PLAIN[type] : undefined) ?? 'anything';
  const values = own(schema, 'additionalProperties');
  return isObject(values) ? `mapping of names to ${valueOf(values)}` : 'mapping';
}

function alternatives(parts: readonly string[]): string {
  const distinct = [...new Set(parts)];
  const last = distinct.pop() ?? '';
  return distinct.length === 0 ? last : `${distinct.join(', ')} or ${last}`;
}

/** Names of definitions that say what stands there; the others are mappings with keys of their own. */
const NAMED: Readonly<Record<string, string>> = {
  duration: 'duration',
  expression: 'expression',
  name: 'name',
  type: 'type',
  fields: 'mapping of names to types',
  steps: 'list of steps',
  handlers: 'fail, continue or list of handlers',
  roles: 'list of roles',
};

function wordsOf(name: string): string {
  return NAMED[name] ?? 'mapping';
}
