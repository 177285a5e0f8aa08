/** Holds the values of a step's `input` against what its tool takes. */
import type { Compilation } from './compilation';
import { misfit, nameOfType } from './fit';
import { ownField } from './json-schema';
import type { Range } from './report';
import type { Type } from './type';
import type { Value } from './value';

export interface InputPlace {
  readonly tool: string;
  /** Where a missing field is reported. */
  readonly head: Range;
  /** The field path so far: `segments[0].text`. */
  readonly path: string;
  /** It is not a tool's input, but the payload that a message is made into. */
  readonly payload?: true;
}

const ABSENT = 'the call then fails as validation. Give it another value with orValue(), or skip the step with if.';
const ABSENT_IN_PAYLOAD = 'the message is then refused. Give it another value with orValue().';

export function checkInput(cx: Compilation, value: Value, expected: Type, place: InputPlace): void {
  if (expected.kind === 'any') return;
  if (expected.kind === 'object' && value.fields !== undefined) return checkObject(cx, value.fields, expected, place);
  if (expected.kind === 'list' && value.items !== undefined) {
    for (const [index, item] of value.items.entries())
      checkInput(cx, item, expected.items, { ...place, path: `${place.path}[${index}]` });
    return;
  }
  const fault = misfit(value.type, expected);
  if (fault === undefined) return;
  const near =
    expected.kind === 'string' && value.type.kind === 'string' ? nearEnum(cx, value.type, expected) : undefined;
  cx.report.add(
    'type-mismatch',
    value.range,
    `${place.tool} takes ${nameOfType(expected)} as ${place.path || 'input'}: ${fault}.`,
    near,
  );
}

type Text = Extract<Type, { kind: 'string' }>;

function nearEnum(cx: Compilation, from: Text, to: Text): string | undefined {
  const odd = from.enum?.find((word) => to.enum?.includes(word) === false);
  return odd === undefined ? undefined : cx.report.near(odd, to.enum ?? []);
}

type Fields = NonNullable<Value['fields']>;

function checkObject(
  cx: Compilation,
  given: Fields,
  expected: Extract<Type, { kind: 'object' }>,
  place: InputPlace,
): void {
  const pathOf = (name: string): string => (place.path === '' ? name : `${place.path}.${name}`);
  const missing = Object.entries(expected.fields).filter(([name, field]) => !field.optional && !given.has(name));
  for (const [name, { keyRange, value }] of given) {
    const field = ownField(expected, name);
    if (field === undefined) {
      if (!expected.open)
        reportUnknown(cx, { name: pathOf(name), keyRange, place, known: Object.keys(expected.fields) });
      continue;
    }
    if (value.optional && !field.optional)
      cx.report.add(
        'optional-into-required',
        value.range,
        `${place.tool} requires ${pathOf(name)}, and this value may be absent: ${place.payload ? ABSENT_IN_PAYLOAD : ABSENT}`,
      );
    checkInput(cx, value, field.type, { ...place, path: pathOf(name), head: keyRange });
  }
  for (const [name, { type }] of missing)
    cx.report.add(
      place.payload ? 'payload-misfit' : 'missing-input',
      place.head,
      `${place.tool} requires ${pathOf(name)} (${nameOfType(type)}), which is not given.`,
    );
}

interface Unknown {
  readonly name: string;
  readonly keyRange: Range;
  readonly place: InputPlace;
  readonly known: readonly string[];
}

function reportUnknown(cx: Compilation, { name, keyRange, place, known }: Unknown): void {
  const near = cx.report.near(name.split('.').at(-1) ?? name, known);
  const rest = near === undefined ? `It takes: ${known.join(', ')}.` : `Did you mean ${near}?`;
  cx.report.add(
    place.payload ? 'payload-misfit' : 'unknown-input',
    keyRange,
    `${place.tool} takes no ${name}. ${rest}`,
    near,
  );
}
