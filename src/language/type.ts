/** The language's types, as the checker sees them. */

export type Type = Marks & Kinds;

interface Marks {
  /** Kinds of personal data that such a value is or is made of: `email`, `name`. */
  readonly pii?: readonly string[];
}

type Kinds =
  | { readonly kind: 'any' }
  | { readonly kind: 'null' }
  /** `enum`: only these words. */
  | { readonly kind: 'string'; readonly enum?: readonly string[] }
  | { readonly kind: 'number'; readonly integer?: boolean }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'list'; readonly items: Type }
  /** `open`: may hold fields that are not listed (type `object` without fields); reading one gives `any`. */
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Field>>; readonly open: boolean }
  /** Only inside expressions; text in JSON. */
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'duration' };

export interface Field {
  readonly type: Type;
  /** May be absent: reading it needs `.?`, `has()` or `orValue`. */
  readonly optional: boolean;
}

export const ANY: Type = { kind: 'any' };
export const STRING: Type = { kind: 'string' };
export const NUMBER: Type = { kind: 'number' };
export const BOOLEAN: Type = { kind: 'boolean' };
