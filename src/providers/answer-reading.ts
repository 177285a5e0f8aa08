/** What the text of a model's answer says: JSON that fits a schema, and then what a step declares. */
import type { z } from 'zod';
import { validateValue } from '../language/validate';
import type { JsonSchema } from '../plan/json';
import type { Fault } from '../plan/problem';
import type { Reading } from './repair';

/** Models wrap JSON in a fence at times, though they are told not to. */
const FENCE = /^\s*```(?:json)?\s*\n([^]*?)\n\s*```\s*$/;

export function readJson(text: string): Reading<unknown> {
  try {
    return { value: JSON.parse(FENCE.exec(text)?.[1] ?? text) as unknown };
  } catch {
    return { faults: [{ pointer: '', detail: 'The answer is not JSON.' }] };
  }
}

/** The answer of a model by a schema of ours; what it made up beyond it is not quoted. */
export function readBy<T>(schema: z.ZodType<T>, text: string): Reading<T> {
  const json = readJson(text);
  if ('faults' in json) return json;
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { value: parsed.data };
  return {
    faults: parsed.error.issues.map((issue) => ({
      pointer: issue.path.map((key) => `/${String(key)}`).join(''),
      detail: issue.code === 'unrecognized_keys' ? 'has members that were not asked for' : issue.message,
    })),
  };
}

/** A value by the types that a step declares; without any it fits. */
export function readAs(declared: JsonSchema | undefined, value: unknown): Reading<unknown> {
  if (declared === undefined) return { value };
  const checked = validateValue(declared, value);
  return checked.faults.length === 0 ? { value: checked.value } : { faults: checked.faults.map(unquoted) };
}

const ADDED = / is not a field here\. /;

/** The name of a member that a model made up says nothing to a reader, and may be anything. */
function unquoted({ pointer, detail }: Fault): Fault {
  return ADDED.test(detail)
    ? { pointer: pointer.slice(0, pointer.lastIndexOf('/')), detail: 'has members that were not asked for' }
    : { pointer, detail };
}
