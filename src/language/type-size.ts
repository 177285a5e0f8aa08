/** How much a type comes to when everything that is shared in it is written out, as JSON Schema writes it: names used twice, level over level, double it each time. */
import type { Json } from '../plan/json';
import { patternSize } from '../plan/expression/pattern';

/** More than anybody writes. */
const MAX_TYPES = 5_000;

/** Instructions of a pattern that take as long to be made as a type takes to be checked. */
const PATTERN_SHARE = 20;

/** In characters of JSON; each start of an execution sends the whole, and 256 kB of steps come to less. */
const MAX_WRITTEN = 2_000_000;

/** What the checker's types and those of definitions have in common. */
interface Sized {
  readonly kind: string;
  readonly pattern?: string;
  readonly items?: Sized;
  readonly fields?: Readonly<Record<string, { readonly type: Sized }>>;
}

const sizes = new WeakMap<Sized, number>();

export function outgrows(type: Sized): boolean {
  return sizeOf(type) > MAX_TYPES;
}

/** What is said of a type that does. */
export function tooLarge(what: string): string {
  return `${what} comes to more than ${MAX_TYPES} types once every name in it is written out. Make it smaller, or write any in places.`;
}

function sizeOf(type: Sized): number {
  const known = sizes.get(type);
  if (known !== undefined) return known;
  const fields = Object.values(type.fields ?? {});
  const inside = fields.reduce((sum, field) => sum + sizeOf(field.type), type.items ? sizeOf(type.items) : 0);
  const size = inside + 1 + (type.pattern === undefined ? 0 : Math.ceil(patternSize(type.pattern) / PATTERN_SHARE));
  sizes.set(type, size);
  return size;
}

/** Whether what became of a definition is too long once everything that is shared in it is written out. */
export function outgrowsText(value: Json): boolean {
  let left = MAX_WRITTEN;
  const walk = (inner: Json): void => {
    left -= typeof inner === 'string' ? inner.length + 3 : 6;
    if (typeof inner !== 'object' || inner === null) return;
    for (const [key, one] of Object.entries(inner)) {
      if (left < 0) return;
      left -= key.length + 3;
      walk(one);
    }
  };
  walk(value);
  return left < 0;
}

/** What is said of a definition that is. */
export const TOO_LONG = `The definition comes to more than ${MAX_WRITTEN / 1_000_000} MB once every type is written out where it is used. Split it, or make its types smaller.`;
