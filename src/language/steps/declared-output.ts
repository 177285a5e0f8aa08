/** The key `output` of a step: the types of what a tool, an agent or another definition answers. */
import type { DefinitionType } from '../definition-type';
import { typeOf } from '../definition-type';
import { nameOfType, narrow, overlaps } from '../fit';
import { ownField } from '../json-schema';
import type { Type } from '../type';
import { readTypeFields } from '../type-syntax';
import type { StepParts } from './kind';

export function readOutput({ cx, fields }: StepParts): DefinitionType | undefined {
  const entry = fields['output'];
  return entry === undefined
    ? undefined
    : { kind: 'object', fields: readTypeFields(cx, entry.value, 'The key output') };
}

export interface Answered {
  /** Who answers, as messages name it. */
  readonly by: string;
  /** What is known of the answer without the declaration. */
  readonly given: Type;
  readonly declared: DefinitionType | undefined;
}

/** What later steps may read: what is given, narrowed by what is declared. */
export function outputType({ cx, fields }: StepParts, { by, given, declared }: Answered): Type {
  if (declared === undefined) return given;
  const wanted = typeOf(declared);
  if (given.kind === 'object' && wanted.kind === 'object')
    for (const [name, field] of Object.entries(wanted.fields)) {
      const range = outputKey(fields['output'], name);
      const real = ownField(given, name);
      if (real === undefined && !given.open) {
        const near = cx.report.near(name, Object.keys(given.fields));
        const rest =
          near === undefined ? `It answers: ${Object.keys(given.fields).join(', ')}.` : `Did you mean ${near}?`;
        cx.report.add('unknown-output', range, `${by} answers no ${name}. ${rest}`, near);
      } else if (real !== undefined && !overlaps(field.type, real.type))
        cx.report.add(
          'type-mismatch',
          range,
          `${by} answers ${name} as ${nameOfType(real.type)}, never as ${nameOfType(field.type)}.`,
        );
    }
  return narrow(wanted, given);
}

function outputKey(entry: StepParts['fields'][string], name: string): { readonly start: number; readonly end: number } {
  const fields = entry?.value.kind === 'map' ? entry.value.entries : [];
  return (
    fields.find(({ key }) => key === name || key === `${name}?`)?.keyRange ?? entry?.keyRange ?? { start: 0, end: 1 }
  );
}
