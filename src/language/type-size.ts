/** How much a type comes to when everything that is shared in it is written out, as JSON Schema writes it: names used twice, level over level, double it each time. */

/** More than anybody writes; a schema of so many takes a part of a second to be made a check of. */
const MAX_TYPES = 5_000;

/** What the checker's types and those of definitions have in common. */
interface Sized {
  readonly kind: string;
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
  sizes.set(type, inside + 1);
  return inside + 1;
}
