/** The members of a JSON Schema as rows to read: name, type, whether it must be there, what is said of it. */
import type { Schema } from '../forms/field';

export interface TypeRow {
  /** `segments[].text` for what lies deeper. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

const DEEPEST = 4;

export function typeRows(schema: unknown, prefix = '', depth = 0): readonly TypeRow[] {
  if (!isSchema(schema) || depth >= DEEPEST) return [];
  const { properties, required } = schema;
  if (!isSchema(properties)) return [];
  const needs = Array.isArray(required) ? required : [];
  return Object.entries(properties).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const found = isSchema(member) ? member : {};
    const row = {
      name: path,
      type: typeText(found),
      required: needs.includes(name),
      description: typeof found['description'] === 'string' ? found['description'] : '',
    };
    const inside = isSchema(found['items'])
      ? typeRows(found['items'], `${path}[].`, depth + 1)
      : typeRows(found, `${path}.`, depth + 1);
    return [row, ...inside];
  });
}

/** `string`, `integer from 0 to 10`, `approve | reject`, `array of string`. */
export function typeText(schema: Schema): string {
  const { enum: options, const: only, type, items, format, minimum, maximum, anyOf } = schema;
  if (Array.isArray(options)) return options.map((one) => String(one)).join(' | ');
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(anyOf)) return anyOf.map((one) => (isSchema(one) ? typeText(one) : 'any')).join(' or ');
  const name = Array.isArray(type) ? type.join(' or ') : typeof type === 'string' ? type : 'any';
  if (name === 'array') return isSchema(items) ? `array of ${typeText(items)}` : 'array';
  const bounds = [
    ...(typeof minimum === 'number' ? [`from ${minimum}`] : []),
    ...(typeof maximum === 'number' ? [`to ${maximum}`] : []),
  ];
  return [name, ...(typeof format === 'string' ? [`(${format})`] : []), ...bounds].join(' ');
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
