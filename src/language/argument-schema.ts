/** The JSON Schema of a tool's input as a model is told it, and as its arguments are held against before a call. */
import { patternFault } from '../plan/expression/pattern';
import type { Json, JsonSchema } from '../plan/json';
import { isObject } from '../plan/json';

/** Without patterns that RE2 does not have (the contract holds the call against those), and without what a model need not know. */
export function argumentSchema(schema: JsonSchema): JsonSchema {
  return stripped(schema, false) as JsonSchema;
}

/** `named`: the members are fields that happen to be called as keywords are. */
function stripped(value: Json, named: boolean): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => stripped(item, false));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name, part]) => named || !isForeign(name, part));
  return Object.fromEntries(kept.map(([name, part]) => [name, stripped(part, !named && name === 'properties')]));
}

function isForeign(name: string, value: Json): boolean {
  return name === '$schema' || (name === 'pattern' && typeof value === 'string' && patternFault(value) !== undefined);
}
