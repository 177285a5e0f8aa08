/** A JSON Schema as fields of a form, and what somebody typed into them as JSON again. */

export interface Schema {
  readonly [keyword: string]: unknown;
}

interface FieldFacts {
  readonly title: string;
  readonly hint?: string;
  readonly required: boolean;
}

export type Field = FieldFacts &
  (
    | { readonly kind: 'text'; readonly long: boolean; readonly date: boolean }
    | { readonly kind: 'number'; readonly whole: boolean; readonly min?: number; readonly max?: number }
    | { readonly kind: 'check' }
    | { readonly kind: 'choice'; readonly options: readonly unknown[] }
    | { readonly kind: 'list'; readonly item: Schema }
    | { readonly kind: 'group'; readonly members: Readonly<Record<string, Schema>>; readonly needs: readonly string[] }
    /** Whatever has no field of its own is typed as JSON. */
    | { readonly kind: 'json' }
  );

/** What stands in the fields: texts as typed, also of numbers; groups and lists of these. */
export type Draft = string | boolean | readonly Draft[] | { readonly [name: string]: Draft };

export interface Fault {
  /** JSON Pointer (RFC 6901) from the root of the form. */
  readonly pointer: string;
  readonly detail: string;
}

export interface Read {
  /** Absent: left empty, and it may be. */
  readonly value?: unknown;
  readonly faults: readonly Fault[];
}

const LONG = 120;

/** `root` holds the definitions that `$ref` points to. */
export function fieldOf(schema: Schema, name: string, { root = schema, required = true } = {}): Field {
  const found = resolved(schema, root);
  const { description, title } = found;
  const facts = {
    title: typeof title === 'string' ? title : name,
    ...(typeof description === 'string' ? { hint: description } : {}),
    required,
  };
  const options = Array.isArray(found['enum']) ? found['enum'] : 'const' in found ? [found['const']] : undefined;
  if (options !== undefined) return { ...facts, kind: 'choice', options };
  const members = found['properties'];
  if (isSchema(members))
    return { ...facts, kind: 'group', members: members as Record<string, Schema>, needs: words(found['required']) };
  switch (typeOf(found)) {
    case 'string': {
      const max = found['maxLength'];
      const long = typeof max === 'number' && max > LONG;
      return { ...facts, kind: 'text', long, date: found['format'] === 'date' };
    }
    case 'integer':
    case 'number': {
      const { minimum: min, maximum: max } = found;
      const bounds = { ...(typeof min === 'number' ? { min } : {}), ...(typeof max === 'number' ? { max } : {}) };
      return { ...facts, kind: 'number', whole: typeOf(found) === 'integer', ...bounds };
    }
    case 'boolean':
      return required ? { ...facts, kind: 'check' } : { ...facts, kind: 'choice', options: [true, false] };
    case 'array':
      if (isSchema(found['items'])) return { ...facts, kind: 'list', item: found['items'] };
      return { ...facts, kind: 'json' };
    default:
      return { ...facts, kind: 'json' };
  }
}

/** What a form begins with: defaults, and nothing else. */
export function draftOf(schema: Schema, root: Schema = schema, required = true): Draft {
  const found = resolved(schema, root);
  if ('default' in found) return drafted(found['default']);
  const field = fieldOf(schema, '', { root, required });
  if (field.kind === 'group')
    return Object.fromEntries(
      Object.entries(field.members).map(([name, member]) => [name, draftOf(member, root, field.needs.includes(name))]),
    );
  if (field.kind === 'check') return false;
  return field.kind === 'list' ? [] : '';
}

/** JSON as it would be typed. */
export function drafted(value: unknown): Draft {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(drafted);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, drafted(member)]));
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** The JSON that a draft stands for, and what is wrong with it as far as the form can tell; the API tells the rest. */
export function read(field: Field, draft: Draft | undefined, root: Schema, pointer = ''): Read {
  switch (field.kind) {
    case 'check':
      return { value: draft === true, faults: [] };
    case 'choice': {
      // What was chosen is told by its place, because options may be anything.
      const chosen =
        typeof draft === 'string' && draft !== '' ? field.options.find((one) => label(one) === draft) : draft;
      return chosen === undefined || chosen === '' ? nothing(field, pointer) : { value: chosen, faults: [] };
    }
    case 'list': {
      const items = Array.isArray(draft) ? (draft as readonly Draft[]) : [];
      if (items.length === 0 && !field.required) return { faults: [] };
      const found = items.map((item, index) =>
        read(fieldOf(field.item, '', { root }), item, root, `${pointer}/${index}`),
      );
      return { value: found.map(({ value }) => value), faults: found.flatMap(({ faults }) => faults) };
    }
    case 'group':
      return readGroup(field, draft, root, pointer);
    case 'text':
    case 'number':
    case 'json':
      return readText(field, typeof draft === 'string' ? draft : '', pointer);
  }
}

function readGroup(
  field: Extract<Field, { kind: 'group' }>,
  draft: Draft | undefined,
  root: Schema,
  pointer: string,
): Read {
  const given = isDraftGroup(draft) ? draft : {};
  const found = Object.entries(field.members).map(([name, schema]) => {
    const required = field.needs.includes(name);
    const inside = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [name, read(fieldOf(schema, name, { root, required }), given[name], root, inside)] as const;
  });
  const members = found
    .filter(([, { value }]) => value !== undefined)
    .map(([name, { value }]) => [name, value] as const);
  // A group that nobody has to fill in, and nobody has, is left out with its own demands.
  if (!field.required && members.length === 0) return { faults: [] };
  return { value: Object.fromEntries(members), faults: found.flatMap(([, { faults }]) => faults) };
}

function readText(field: Extract<Field, { kind: 'text' | 'number' | 'json' }>, text: string, pointer: string): Read {
  if (text.trim() === '') return nothing(field, pointer);
  if (field.kind === 'text') return { value: text, faults: [] };
  if (field.kind === 'number') {
    const value = Number(text);
    if (Number.isNaN(value)) return { faults: [{ pointer, detail: 'must be a number' }] };
    if (field.whole && !Number.isInteger(value)) return { faults: [{ pointer, detail: 'must be a whole number' }] };
    return { value, faults: [] };
  }
  try {
    return { value: JSON.parse(text), faults: [] };
  } catch {
    return { faults: [{ pointer, detail: 'must be JSON: texts in quotes, lists in [ ], objects in { }' }] };
  }
}

function nothing({ required }: FieldFacts, pointer: string): Read {
  return { faults: required ? [{ pointer, detail: 'is missing' }] : [] };
}

/** What stands for an option in a list to choose from. */
export function label(option: unknown): string {
  if (option === true) return 'yes';
  if (option === false) return 'no';
  return typeof option === 'string' ? option : JSON.stringify(option);
}

function resolved(schema: Schema, root: Schema): Schema {
  const { $ref: reference } = schema;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
  let found: unknown = root;
  for (const word of reference.slice(2).split('/'))
    found = isSchema(found) ? found[word.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  return isSchema(found) && found !== schema ? found : {};
}

function typeOf({ type }: Schema): unknown {
  return Array.isArray(type) ? type.find((one) => one !== 'null') : type;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDraftGroup(draft: Draft | undefined): draft is { readonly [name: string]: Draft } {
  return typeof draft === 'object' && !Array.isArray(draft);
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
