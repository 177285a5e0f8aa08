/** JSON Schema in a few words, for tables. */
import type { Json } from '../../plan/json';
import { isObject, own } from '../../plan/json';

/** `text`, `number[]`, `web | phone`, `{ sku, price }`. */
export function typeText(schema: Json | undefined): string {
  if (!isObject(schema)) return 'anything';
  const words = own(schema, 'enum');
  if (Array.isArray(words)) return (words as readonly Json[]).map((word) => JSON.stringify(word)).join(' | ');
  const variants = own(schema, 'anyOf') ?? own(schema, 'oneOf');
  if (Array.isArray(variants)) return [...new Set((variants as readonly Json[]).map(typeText))].join(' | ');
  const type = own(schema, 'type');
  if (type === 'array') return listText(typeText(own(schema, 'items')));
  if (type === 'object' || own(schema, 'properties') !== undefined) return objectText(schema);
  if (type === 'string') {
    const format = own(schema, 'format');
    return typeof format === 'string' ? `text (${format})` : 'text';
  }
  if (Array.isArray(type)) return (type as readonly Json[]).map(String).join(' | ');
  return typeof type === 'string' ? type : 'anything';
}

function listText(items: string): string {
  return items === 'anything' ? 'list' : / /.test(items) ? `list of ${items}` : `${items}[]`;
}

function objectText(schema: Json): string {
  const names = Object.keys(fieldsOf(schema));
  return names.length === 0 ? 'object' : `{ ${names.join(', ')} }`;
}

export function fieldsOf(schema: Json | undefined): Readonly<Record<string, Json>> {
  const properties = own(schema, 'properties');
  return isObject(properties) ? properties : {};
}

export function requiredOf(schema: Json | undefined): readonly string[] {
  const required = own(schema, 'required');
  return Array.isArray(required) ? required.map(String) : [];
}
