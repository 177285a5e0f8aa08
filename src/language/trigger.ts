/** `trigger`: what starts a definition, and the payload that it takes. */
import type { DefinitionType } from './definition-type';
import { readFields, readLiteral } from './mapping';
import type { Entry } from './tree';
import { readTypeFields } from './type-syntax';
import type { TypeReader } from './type-syntax';
import { TRIGGER_WORDS } from './vocabulary';

export interface CompiledTrigger {
  readonly events: readonly string[];
  readonly payload: DefinitionType;
  /** Compiled when the types of the payload are known. */
  readonly schedule?: Entry;
  readonly webhook?: Entry;
}

export function compileTrigger(reader: TypeReader, entry: Entry | undefined): CompiledTrigger {
  const fields =
    entry === undefined ? {} : (readFields(reader.report, entry.value, TRIGGER_WORDS, 'the key trigger') ?? {});
  const payload = fields.payload === undefined ? {} : readTypeFields(reader, fields.payload.value, 'The key payload');
  return {
    events: readEvents(reader, fields.event),
    payload: { kind: 'object', fields: payload },
    ...(fields.schedule === undefined ? {} : { schedule: fields.schedule }),
    ...(fields.webhook === undefined ? {} : { webhook: fields.webhook }),
  };
}

/** CloudEvents types (https://github.com/cloudevents/spec), one or several as `a | b`. */
function readEvents({ report }: TypeReader, entry: Entry | undefined): readonly string[] {
  const text = entry === undefined ? undefined : readLiteral(report, entry.value, 'the key event');
  if (text === undefined) return [];
  const events = text.value.split('|').map((event) => event.trim());
  const odd = events.find((event) => event === '' || /\s/.test(event));
  if (odd === undefined) return [...new Set(events)];
  report.add(
    'wrong-shape',
    text.range,
    'The key event is a CloudEvents type without blanks, such as app.order.placed, or several as a | b.',
  );
  return [];
}
