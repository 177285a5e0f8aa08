/** The long form of a type: the facts beside its key `type`, each allowed only where it means something. */
import { patternFault } from '../plan/expression/pattern';
import type { Json } from '../plan/json';
import type { DefinitionField, DefinitionType } from './definition-type';
import { typeOf } from './definition-type';
import { misfit, typeOfJson } from './fit';
import type { Fields } from './mapping';
import { readNumber, readText } from './mapping';
import { literalOf } from './literal';
import type { Entry, MapTree, Tree } from './tree';
import type { TypeReader } from './type-syntax';
import { FORMATS } from './formats';
import type { TYPE_WORDS } from './vocabulary';

export interface LongForm {
  readonly tree: MapTree;
  readonly fields: Fields<typeof TYPE_WORDS>;
  /** What the key `type` says alone. */
  readonly bare: DefinitionType;
  readonly readFields: (tree: Tree) => Readonly<Record<string, DefinitionField>>;
}

type Fact = keyof typeof TYPE_WORDS;

/** Facts that go with a kind of type; the others go with all. */
const FACTS_OF: Readonly<Partial<Record<DefinitionType['kind'], readonly Fact[]>>> = {
  string: ['enum', 'minLength', 'maxLength', 'pattern', 'format'],
  number: ['enum', 'minimum', 'maximum'],
  list: ['minItems', 'maxItems'],
  object: ['fields'],
};
const EVERYWHERE: readonly Fact[] = ['type', 'description', 'default', 'pii'];

export function longForm(reader: TypeReader, form: LongForm): DefinitionType {
  const { fields, bare } = form;
  const allowed = new Set<string>([...EVERYWHERE, ...(FACTS_OF[bare.kind] ?? [])]);
  for (const entry of Object.values(fields))
    if (!allowed.has(entry.key) && bare.kind !== 'any')
      reader.report.add('invalid-type', entry.keyRange, `${entry.key} does not go with this type.`);
  const type = withFacts(withLimits(reader, form), commonFacts(reader, fields));
  checkDefault(reader, fields.default, type);
  return type;
}

function withFacts(type: DefinitionType, facts: Partial<DefinitionType>): DefinitionType {
  return { ...type, ...facts } as DefinitionType;
}

function withLimits(reader: TypeReader, { fields, bare, readFields }: LongForm): DefinitionType {
  const length = (entry: Entry | undefined) => limit(reader, entry, { minimum: 0, integer: true });
  switch (bare.kind) {
    case 'string':
      return withFacts(bare, {
        ...enumWords(reader, fields.enum, 'string'),
        ...named('minLength', length(fields.minLength)),
        ...named('maxLength', length(fields.maxLength)),
        ...named('pattern', patternOf(reader, fields.pattern)),
        ...named('format', formatOf(reader, fields.format)),
      });
    case 'number':
      return withFacts(bare, {
        ...enumWords(reader, fields.enum, 'number'),
        ...named('minimum', limit(reader, fields.minimum, {})),
        ...named('maximum', limit(reader, fields.maximum, {})),
      });
    case 'list':
      return withFacts(bare, {
        ...named('minItems', length(fields.minItems)),
        ...named('maxItems', length(fields.maxItems)),
      });
    case 'object':
      return fields.fields === undefined ? bare : { ...bare, fields: readFields(fields.fields.value) };
    case 'any':
    case 'boolean':
    case 'schema':
      return bare;
  }
}

function commonFacts(reader: TypeReader, fields: LongForm['fields']): Partial<DefinitionType> {
  const text = (entry: Entry | undefined, what: string) =>
    entry ? readText(reader.report, entry.value, what)?.value : undefined;
  return {
    ...named('description', text(fields.description, 'the key description')),
    ...named('pii', text(fields.pii, 'the key pii')),
    ...named('default', fields.default ? literalOf(reader.report, fields.default.value) : undefined),
  };
}

function named<V>(key: string, value: V | undefined): Readonly<Record<string, V>> {
  return value === undefined ? {} : { [key]: value };
}

function limit(
  reader: TypeReader,
  entry: Entry | undefined,
  bounds: { minimum?: number; integer?: boolean },
): number | undefined {
  return entry === undefined ? undefined : readNumber(reader.report, entry.value, `the key ${entry.key}`, bounds);
}

function enumWords(reader: TypeReader, entry: Entry | undefined, kind: 'string' | 'number'): object {
  if (entry === undefined) return {};
  const value = literalOf(reader.report, entry.value);
  const fits = Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === kind);
  if (fits) return { enum: value as readonly Json[] };
  reader.report.add('invalid-type', entry.value.range, `The key enum is a list of one or more values of type ${kind}.`);
  return {};
}

function patternOf(reader: TypeReader, entry: Entry | undefined): string | undefined {
  const pattern = entry === undefined ? undefined : readText(reader.report, entry.value, 'the key pattern');
  if (pattern === undefined) return undefined;
  const fault = patternFault(pattern.value)?.replace('the pattern of matches()', 'the pattern');
  if (fault === undefined) return pattern.value;
  reader.report.add('invalid-pattern', pattern.range, `Patterns are RE2: ${fault}.`);
  return undefined;
}

function formatOf(reader: TypeReader, entry: Entry | undefined): string | undefined {
  const format = entry === undefined ? undefined : readText(reader.report, entry.value, 'the key format');
  if (format === undefined || Object.hasOwn(FORMATS, format.value)) return format?.value;
  const near = reader.report.near(format.value, Object.keys(FORMATS));
  reader.report.add(
    'invalid-type',
    format.range,
    `There is no format ${format.value}. The formats are ${Object.keys(FORMATS).join(', ')}.`,
    near,
  );
  return undefined;
}

function checkDefault(reader: TypeReader, entry: Entry | undefined, type: DefinitionType): void {
  if (entry === undefined || type.default === undefined) return;
  const fault = misfit(typeOfJson(type.default), typeOf(type)) ?? limitFault(type, type.default);
  if (fault !== undefined)
    reader.report.add('type-mismatch', entry.value.range, `The default does not fit its type: ${fault}.`);
}

/** What a single value breaks of the type's own limits; inner values are checked when they come in. */
function limitFault(type: DefinitionType, value: Json): string | undefined {
  const outside = (size: number, least: number | undefined, most: number | undefined): string | undefined =>
    size < (least ?? size) || size > (most ?? size)
      ? `it lies outside ${least ?? 'any'} to ${most ?? 'any'}`
      : undefined;
  if (type.kind === 'string' && typeof value === 'string') return outside(value.length, type.minLength, type.maxLength);
  if (type.kind === 'list' && Array.isArray(value)) return outside(value.length, type.minItems, type.maxItems);
  if (type.kind !== 'number' || typeof value !== 'number') return undefined;
  if (type.integer && !Number.isInteger(value)) return 'it is not a whole number';
  if (type.enum !== undefined && !type.enum.includes(value)) return `it is none of ${type.enum.join(', ')}`;
  return outside(value, type.minimum, type.maximum);
}
