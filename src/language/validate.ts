/** Checks values that come in against a JSON Schema, and says of each fault which field it is in and what was expected. */
import Ajv2020 from 'ajv/dist/2020';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020';
import type { Json, JsonSchema } from '../plan/json';
import { canonical } from '../plan/json';
import type { Fault } from '../plan/problem';
import { arrive } from './arrival';
import { faultsOf } from './faults';
import { FORMATS } from './formats';
import { linearPattern } from './linear-pattern';
import { checkPlain, isPlain } from './plain-check';

export interface Validated {
  /** A copy with defaults filled in and nulls in optional fields taken out. */
  readonly value: Json;
  /** Empty when the value fits. At most 50. */
  readonly faults: readonly Fault[];
}

/** Compiled validators are kept for this many schemas. */
const MAX_VALIDATORS = 200;

/**
 * `root` is the JSON Pointer of the value in what the caller sent, for example `/payload`. References to large values stand for
 * text, lists and objects: what is inside them is checked where they are opened. Throws when the schema itself is faulty.
 */
export function validateValue(schema: JsonSchema, value: unknown, root = ''): Validated {
  const arrived = { value: arrive(schema, value, schema) };
  const errors = isPlain(schema) ? checkPlain(schema, arrived.value) : errorsIn(arrived, validatorOf(schema));
  return { value: arrived.value, faults: faultsOf(errors, { value: arrived.value, root }) };
}

function errorsIn({ value }: { readonly value: Json }, validate: ValidateFunction): readonly ErrorObject[] {
  return validate(value) ? [] : (validate.errors ?? []);
}

/** What is wrong with a schema, or `undefined` when it can be used. */
export function schemaFault(schema: JsonSchema): string | undefined {
  try {
    validatorOf(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const bySchema = new WeakMap<JsonSchema, ValidateFunction>();
const byText = new Map<string, ValidateFunction>();

function validatorOf(schema: JsonSchema): ValidateFunction {
  const ready = bySchema.get(schema);
  if (ready !== undefined) return ready;
  const text = canonical(schema);
  const validator = byText.get(text) ?? compile(schema);
  byText.delete(text);
  byText.set(text, validator);
  const [oldest] = byText.keys();
  if (byText.size > MAX_VALIDATORS && oldest !== undefined) byText.delete(oldest);
  bySchema.set(schema, validator);
  return validator;
}

function compile(schema: JsonSchema): ValidateFunction {
  const validator = engine().compile(schema);
  // The engine would keep every schema that it has seen.
  engine().removeSchema(schema);
  return validator;
}

let made: Ajv2020 | undefined;

function engine(): Ajv2020 {
  made ??= new Ajv2020({
    allErrors: true,
    useDefaults: true,
    verbose: true,
    strict: false,
    ownProperties: true,
    addUsedSchema: false,
    logger: false,
    formats: { ...FORMATS },
    // The built-in engine takes exponential time on some patterns.
    // What optimizing saves in a check, it costs in time before the first one, many times over.
    code: { optimize: false, regExp: Object.assign(linearPattern, { code: 'linearPattern' }) },
  });
  return made;
}
