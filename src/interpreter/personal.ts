/** What a call must not take with it: values that the definition marks with `pii`, of the payload and of what its steps have given. */
import type { Json, JsonSchema } from '../plan/json';
import { isObject } from '../plan/json';
import type { StepPlace } from '../plan/paths';
import type { RedactionOrder } from '../plan/personal';
import { hasMarks, personalByName, personalIn } from '../plan/personal';
import type { Context } from './context';

/** Goes with every call of a definition whose guard asks for it. */
export function redactionOf({ plan, state, places }: Context): { readonly redact?: RedactionOrder } {
  if (!plan.guards.security.piiRedaction) return {};
  const marked = markedOutputs(places);
  const given = [...(marked.size === 0 ? [] : state.records.values())].flatMap(({ name, output }) => {
    const schema = marked.get(name);
    return schema === undefined || output === undefined ? [] : personalIn(schema, output);
  });
  const asker = personalByName(state.context);
  return { redact: { origin: state.origin, personal: [...personalIn(plan.input, state.payload), ...asker, ...given] } };
}

/** With `[name]`, `[email]` in the place of marked values, where the guard asks for it: what an execution says of its failure is read by many. */
export function withoutPersonal(value: Json, context: Context): Json {
  const known = (redactionOf(context).redact?.personal ?? []).flatMap((one) =>
    'kind' in one ? textsIn(one.value).map((text) => ({ kind: one.kind, text })) : [],
  );
  // The longest first: one may be a part of another.
  const sorted = known.filter(({ text }) => text.length >= LEAST).sort((a, b) => b.text.length - a.text.length);
  return sorted.length === 0 ? value : replaced(value, sorted);
}

/** Shorter texts stand in too many words. */
const LEAST = 3;

function replaced(value: Json, known: readonly { readonly kind: string; readonly text: string }[]): Json {
  if (typeof value === 'string') return known.reduce((text, one) => text.split(one.text).join(`[${one.kind}]`), value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => replaced(item, known));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, replaced(field, known)]));
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap((part: Json) => textsIn(part)) : [];
}

const known = new WeakMap<object, ReadonlyMap<string, JsonSchema>>();

/** By name of the step: outputs and answers in which a part is marked. */
function markedOutputs(places: ReadonlyMap<string, StepPlace>): ReadonlyMap<string, JsonSchema> {
  const ready = known.get(places);
  if (ready !== undefined) return ready;
  const marked = new Map<string, JsonSchema>();
  for (const [name, { step }] of places) {
    const schema = step.kind === 'waitFor' ? step.form : 'output' in step ? step.output : undefined;
    if (schema !== undefined && hasMarks(schema)) marked.set(name, schema);
  }
  known.set(places, marked);
  return marked;
}
