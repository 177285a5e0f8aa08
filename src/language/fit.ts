/** Whether a value of one type may stand where another is expected. */
import type { Json } from '../plan/json';
import { ownField, unionType } from './json-schema';
import type { Field, Type } from './type';
import { ANY } from './type';

/** How messages name a type. */
export function nameOfType(type: Type): string {
  switch (type.kind) {
    case 'string':
      return type.enum === undefined ? 'string' : type.enum.map((word) => `"${word}"`).join(' | ');
    case 'number':
      return type.integer === true ? 'integer' : 'number';
    case 'list':
      return type.items.kind === 'any' ? 'array' : `${nameOfType(type.items)}[]`;
    case 'any':
    case 'null':
    case 'boolean':
    case 'object':
    case 'timestamp':
    case 'duration':
      return type.kind;
  }
}

/** Why `from` does not fit into `to`: a clause such as `string does not fit number`; `undefined` when it fits. */
export function misfit(from: Type, to: Type): string | undefined {
  if (from.kind === 'any' || to.kind === 'any') return undefined;
  // Both become text in JSON.
  if ((from.kind === 'timestamp' || from.kind === 'duration') && to.kind === 'string' && to.enum === undefined)
    return undefined;
  if (from.kind === 'string' && to.kind === 'string') return wordMisfit(from.enum, to.enum);
  if (from.kind === 'list' && to.kind === 'list') return prefixed('an item: ', misfit(from.items, to.items));
  if (from.kind === 'object' && to.kind === 'object') return objectMisfit(from, to);
  return from.kind === to.kind ? undefined : `${nameOfType(from)} does not fit ${nameOfType(to)}`;
}

/** A text of any words is let through: the value is checked when it is there. */
function wordMisfit(from: readonly string[] | undefined, to: readonly string[] | undefined): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  const odd = from.find((word) => !to.includes(word));
  return odd === undefined ? undefined : `"${odd}" is not one of ${to.map((word) => `"${word}"`).join(', ')}`;
}

type ObjectType = Extract<Type, { kind: 'object' }>;

function objectMisfit(from: ObjectType, to: ObjectType): string | undefined {
  for (const [name, field] of Object.entries(to.fields)) {
    const given = ownField(from, name);
    if (given === undefined) {
      if (!field.optional && !from.open) return `the field ${name} is missing`;
      continue;
    }
    const inner = prefixed(`the field ${name}: `, misfit(given.type, field.type));
    if (inner !== undefined) return inner;
  }
  if (to.open) return undefined;
  const odd = Object.keys(from.fields).find((name) => ownField(to, name) === undefined);
  return odd === undefined ? undefined : `there is no field ${odd}`;
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : prefix + text;
}

/** The type of plain data, as narrow as it can be told: a text is the enumeration of itself. */
export function typeOfJson(value: Json): Type {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'string') return { kind: 'string', enum: [value] };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { kind: 'number', integer: true } : { kind: 'number' };
  if (typeof value === 'boolean') return { kind: 'boolean' };
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(typeOfJson);
    return { kind: 'list', items: items.length === 0 ? ANY : unionType(items) };
  }
  const fields = Object.entries(value).map(([name, field]): [string, Field] => [
    name,
    { type: typeOfJson(field), optional: false },
  ]);
  return { kind: 'object', fields: Object.fromEntries(fields), open: false };
}

/** Whether any value can be of both types. */
export function overlaps(a: Type, b: Type): boolean {
  if (a.kind === 'any' || b.kind === 'any') return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'string' && b.kind === 'string')
    return a.enum === undefined || b.enum === undefined || a.enum.some((word) => b.enum?.includes(word));
  if (a.kind === 'list' && b.kind === 'list') return overlaps(a.items, b.items);
  return true;
}

/** What a value is known to be when it is checked against both types. The first has been checked last, so it decides. */
export function narrow(declared: Type, known: Type): Type {
  if (declared.kind === 'any') return known;
  if (declared.kind === 'list' && known.kind === 'list')
    return { kind: 'list', items: narrow(declared.items, known.items) };
  if (declared.kind !== 'object' || known.kind !== 'object') return declared;
  const fields = { ...known.fields };
  for (const [name, field] of Object.entries(declared.fields)) {
    const other = ownField(known, name);
    fields[name] =
      other === undefined
        ? field
        : { type: narrow(field.type, other.type), optional: field.optional && other.optional };
  }
  return { kind: 'object', fields, open: known.open };
}

/** Every field may be missing: the output of a step that ended as degraded is empty. */
export function allOptional(type: Type): Type {
  if (type.kind !== 'object') return type;
  const fields = Object.entries(type.fields).map(([name, field]) => [name, { ...field, optional: true }] as const);
  return { ...type, fields: Object.fromEntries(fields) };
}

/** A literal's type without its value: what a variable is known to be after it has been set to it. */
export function widen(type: Type): Type {
  if (type.kind === 'string') return { kind: 'string' };
  if (type.kind === 'number') return { kind: 'number' };
  if (type.kind === 'list') return { kind: 'list', items: widen(type.items) };
  if (type.kind !== 'object') return type;
  const fields = Object.entries(type.fields).map(
    ([name, field]) => [name, { ...field, type: widen(field.type) }] as const,
  );
  return { ...type, fields: Object.fromEntries(fields) };
}
