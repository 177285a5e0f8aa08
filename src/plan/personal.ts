/** Values of an execution's payload that its definition marks as personal data (`pii`), so that they are known wherever they turn up. */
import { isBlobReference } from './blob';
import type { Json, JsonObject, JsonSchema } from './json';
import { isObject, own } from './json';

/** A marked value; or a stored one, in which marked values will be found once it is opened. */
export type Personal =
  { readonly kind: string; readonly value: Json } | { readonly within: JsonSchema; readonly value: Json };

/** What a call carries when personal data must not leave with it. */
export interface RedactionOrder {
  /** The first execution of a line of reruns: equal values get equal placeholders within it. */
  readonly origin: string;
  readonly personal: readonly Personal[];
}

/** As deep as schemas are followed. */
const MAX_DEPTH = 24;

/** The marked values of a payload that fits the schema, also inside lists and objects. */
export function personalIn(schema: JsonSchema, payload: Json): readonly Personal[] {
  return hasMarks(schema) ? found(schema, payload, { root: schema, depth: 0 }) : [];
}

const marking = new WeakMap<JsonSchema, boolean>();

/** Whether a part of it is marked. */
export function hasMarks(schema: JsonSchema): boolean {
  const known = marking.get(schema);
  if (known !== undefined) return known;
  const does = JSON.stringify(schema).includes('"x-pii"');
  marking.set(schema, does);
  return does;
}

/** Members of a context, which has no types, that say by their names what they hold. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/^(?:user|full|first|last|given|family|display|caller|learner|customer)_?name$/i, 'name'],
  [/^e-?mail(?:_?address)?$/i, 'email'],
  [/^(?:phone|mobile|telephone)(?:_?number)?$/i, 'phone'],
  [/^(?:street|postal|home)_?address$/i, 'address'],
];
/** Whose `name` is that of a person. */
const PERSON = /^(?:user|person|caller|learner|student|teacher|customer|client|contact|patient|member|author)$/i;

/** What a context (`trigger.context`) holds of a person, by the names of its members. */
export function personalByName(value: Json, of = '', depth = 0): readonly Personal[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH || isBlobReference(value)) return [];
  return Object.entries(value).flatMap(([name, field]: readonly [string, Json]) => {
    const kind = name === 'name' && PERSON.test(of) ? 'name' : BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
    const whole = kind !== undefined && field !== null && !isBlobReference(field);
    return whole ? [{ kind, value: field }] : personalByName(field, name, depth + 1);
  });
}

interface At {
  readonly root: JsonSchema;
  readonly depth: number;
}

function found(schema: Json | undefined, value: Json, { root, depth }: At): readonly Personal[] {
  if (!isObject(schema) || depth > MAX_DEPTH || value === null) return [];
  const pii = own(schema, 'x-pii');
  if (typeof pii === 'string') return [{ kind: pii, value }];
  const inner = (part: Json | undefined, of: Json): readonly Personal[] => found(part, of, { root, depth: depth + 1 });
  const reference = own(schema, '$ref');
  const branches = (['anyOf', 'oneOf', 'allOf'] as const).flatMap((name) => listOf(own(schema, name)));
  const elsewhere = [...branches, ...(typeof reference === 'string' ? [resolved(root, reference)] : [])];
  if (isBlobReference(value)) return mayHoldMarks(schema) ? [{ within: rooted(schema, root), value }] : [];
  return [
    ...elsewhere.flatMap((part) => inner(part, value)),
    ...(Array.isArray(value) ? (value as readonly Json[]).flatMap((item) => inner(own(schema, 'items'), item)) : []),
    ...(isObject(value) ? fieldsOf(schema, value, inner) : []),
  ];
}

function mayHoldMarks(schema: JsonSchema): boolean {
  return hasMarks(schema) || JSON.stringify(schema).includes('"$ref"');
}

function fieldsOf(
  schema: JsonObject,
  value: JsonObject,
  inner: (part: Json | undefined, of: Json) => readonly Personal[],
): readonly Personal[] {
  const properties = own(schema, 'properties');
  const others = own(schema, 'additionalProperties');
  return Object.entries(value).flatMap(([name, field]) => inner(own(properties, name) ?? others, field));
}

/** A part of a schema keeps what its local references lead to. */
function rooted(schema: JsonObject, root: JsonSchema): JsonSchema {
  return { ...root, ...schema };
}

function resolved(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  const parts = reference.slice(1).split('/').slice(1);
  return parts.reduce<Json | undefined>((at, part) => own(at, part.replaceAll('~1', '/').replaceAll('~0', '~')), root);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
