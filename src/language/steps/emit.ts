/** `emit`: an event, which starts what triggers on its type. */
import { readFields, readLiteral } from '../mapping';
import { STRING } from '../type';
import { compileValue } from '../value';
import { EMIT_WORDS } from '../vocabulary';
import type { KindCompiler, StepParts } from './kind';
import { timeoutOf } from './timeout';

export const compileEmit: KindCompiler = (parts) => {
  const { cx, fields } = parts;
  const entry = fields['emit'];
  const words = entry && readFields(cx.report, entry.value, EMIT_WORDS, 'the key emit');
  if (words === undefined) return undefined;
  const type = words.type && readType(parts, words.type);
  const data = words.data && compileValue(cx, words.data.value);
  if (data?.optional === true)
    cx.report.add(
      'maybe-absent',
      data.range,
      'The data of the event may be absent. Give them another value with orValue(), or skip the step with if.',
    );
  if (type === undefined) return undefined;
  return {
    step: {
      kind: 'emit',
      type,
      data: data?.template ?? { kind: 'literal', value: {} },
      ...timeoutOf(cx, fields['timeout']),
    },
    output: STRING,
    optional: false,
    ends: false,
  };
};

/** One CloudEvents type (https://github.com/cloudevents/spec), as `trigger.event` reads them. */
function readType({ cx }: StepParts, entry: NonNullable<StepParts['fields'][string]>): string | undefined {
  const text = readLiteral(cx.report, entry.value, 'the type of an event');
  if (text === undefined) return undefined;
  const { value, range } = text;
  if (value === '' || /[\s|]/.test(value)) {
    cx.report.add('wrong-shape', range, 'The type of an event is one word without blanks, such as app.order.placed.');
    return undefined;
  }
  if (cx.events.includes(value))
    cx.report.add(
      'self-call',
      range,
      'This definition is started by the event that it emits. A chain of executions is cut at a depth of 20: let a condition end it before.',
    );
  return value;
}
