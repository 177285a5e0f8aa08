/** What a call must not take with it: values that the definition marks with `pii`, of the payload and of what its steps have given. */
import type { JsonSchema } from '../plan/json';
import type { StepPlace } from '../plan/paths';
import type { RedactionOrder } from '../plan/personal';
import { hasMarks, personalIn } from '../plan/personal';
import type { Context } from './context';

/** Goes with every call of a definition whose guard asks for it. */
export function redactionOf({ plan, state, places }: Context): { readonly redact?: RedactionOrder } {
  if (!plan.guards.security.piiRedaction) return {};
  const marked = markedOutputs(places);
  const given = [...(marked.size === 0 ? [] : state.records.values())].flatMap(({ name, output }) => {
    const schema = marked.get(name);
    return schema === undefined || output === undefined ? [] : personalIn(schema, output);
  });
  return { redact: { origin: state.origin, personal: [...personalIn(plan.input, state.payload), ...given] } };
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
