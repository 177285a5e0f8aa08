/** A type as a definition writes it, with everything that its JSON Schema says; `typeOf` gives what the checker needs of it. */
import type { Json, JsonSchema } from '../plan/json';
import type { Field, Type } from './type';
import { ANY, BOOLEAN } from './type';

interface Facts {
  readonly description?: string;
  readonly default?: Json;
  /** `email`, `phone`, …: personal data. */
  readonly pii?: string;
}

export type DefinitionType = Facts &
  (
    | { readonly kind: 'any' }
    | {
        readonly kind: 'string';
        readonly enum?: readonly string[];
        readonly minLength?: number;
        readonly maxLength?: number;
        readonly pattern?: string;
        readonly format?: string;
      }
    | {
        readonly kind: 'number';
        readonly integer: boolean;
        readonly enum?: readonly number[];
        readonly minimum?: number;
        readonly maximum?: number;
      }
    | { readonly kind: 'boolean' }
    | { readonly kind: 'list'; readonly items: DefinitionType; readonly minItems?: number; readonly maxItems?: number }
    /** Without `fields` any object fits. */
    | { readonly kind: 'object'; readonly fields?: Readonly<Record<string, DefinitionField>> }
    /** Given by a JSON Schema; `type` is what the checker makes of it. */
    | { readonly kind: 'schema'; readonly schema: JsonSchema; readonly type: Type }
  );

export interface DefinitionField {
  readonly type: DefinitionType;
  /** May be missing where values come in: written `name?` or with a default. */
  readonly optional: boolean;
}

/** A field with a default is always there once a value has come in. */
export function fieldOf(field: DefinitionField): Field {
  return { type: typeOf(field.type), optional: field.optional && field.type.default === undefined };
}

export function typeOf(type: DefinitionType): Type {
  const { pii } = type;
  return pii === undefined ? bareType(type) : { ...bareType(type), pii: [pii] };
}

function bareType(type: DefinitionType): Type {
  switch (type.kind) {
    case 'any':
      return ANY;
    case 'string':
      return type.enum === undefined ? { kind: 'string' } : { kind: 'string', enum: type.enum };
    case 'number':
      return type.integer ? { kind: 'number', integer: true } : { kind: 'number' };
    case 'boolean':
      return BOOLEAN;
    case 'list':
      return { kind: 'list', items: typeOf(type.items) };
    case 'object':
      return objectType(type.fields);
    case 'schema':
      return type.type;
  }
}

function objectType(fields: Readonly<Record<string, DefinitionField>> | undefined): Type {
  if (fields === undefined) return { kind: 'object', fields: {}, open: true };
  const entries = Object.entries(fields).map(([name, field]): [string, Field] => [name, fieldOf(field)]);
  return { kind: 'object', fields: Object.fromEntries(entries), open: false };
}
