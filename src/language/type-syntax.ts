/** Types as written in YAML → definition types: short forms, long forms, nested objects, names and schema files. */
import type { DefinitionField, DefinitionType } from './definition-type';
import { readFields, readText } from './mapping';
import { checkName } from './names';
import type { NamedTypes } from './named-types';
import type { Range, Report } from './report';
import type { Entry, MapTree, ScalarTree, Tree } from './tree';
import { describe, entryOf } from './tree';
import { longForm } from './type-long-form';
import { TYPE_WORDS } from './vocabulary';

export interface TypeReader {
  readonly report: Report;
  readonly types: NamedTypes;
}

const BUILT_IN: Readonly<Record<string, DefinitionType>> = {
  string: { kind: 'string' },
  number: { kind: 'number', integer: false },
  integer: { kind: 'number', integer: true },
  boolean: { kind: 'boolean' },
  object: { kind: 'object' },
  array: { kind: 'list', items: { kind: 'any' } },
  any: { kind: 'any' },
};

export const BUILT_IN_TYPES: readonly string[] = Object.keys(BUILT_IN);

const ANY: DefinitionType = { kind: 'any' };

/** The fields of `payload`, `output`, `fields`: names, with `?` for optional, and their types. */
export function readTypeFields(
  reader: TypeReader,
  tree: Tree,
  what: string,
): Readonly<Record<string, DefinitionField>> {
  const fields: Record<string, DefinitionField> = {};
  if (tree.kind !== 'map') {
    reader.report.add(
      'wrong-shape',
      tree.range,
      `${what} is a mapping of field names to types; this is ${describe(tree)}.`,
    );
    return fields;
  }
  for (const entry of tree.entries) {
    const optional = entry.key.endsWith('?');
    const name = optional ? entry.key.slice(0, -1) : entry.key;
    if (!checkFieldName(reader.report, name, entry.keyRange)) continue;
    if (Object.hasOwn(fields, name)) {
      reader.report.add('duplicate-key', entry.keyRange, `The field ${name} is written twice, with and without "?".`);
      continue;
    }
    const type = readType(reader, entry.value);
    fields[name] = { type, optional: optional || type.default !== undefined };
  }
  return fields;
}

/** A tool's own field names may hold hyphens and the like; a name of an object's own is refused. */
function checkFieldName(report: Report, name: string, range: Range): boolean {
  if (/^[^\s?]+$/.test(name) && !/^[A-Za-z_]\w*$/.test(name) && name.length <= 100) return true;
  return checkName(report, name, range, 'field');
}

/** One type, in whatever form it is written. Faults are reported and read as `any`. */
export function readType(reader: TypeReader, tree: Tree): DefinitionType {
  if (tree.kind === 'scalar')
    return typeof tree.value === 'string' ? shortForm(reader, tree.value, tree) : notAType(reader, tree);
  if (tree.kind === 'list') return notAType(reader, tree);
  if (entryOf(tree, '$schema')) return schemaFile(reader, tree);
  if (isLongForm(tree)) return readLongForm(reader, tree);
  return { kind: 'object', fields: readTypeFields(reader, tree, 'An object type') };
}

function notAType(reader: TypeReader, tree: Tree): DefinitionType {
  const list = tree.kind === 'list' ? ' A list type is written "T[]", an enumeration "a | b".' : '';
  reader.report.add('invalid-type', tree.range, `A type is a word or a mapping; this is ${describe(tree)}.${list}`);
  return ANY;
}

/** An object that has a field called type is written in the long form, with `fields`. */
function isLongForm(tree: MapTree): boolean {
  return entryOf(tree, 'type') !== undefined;
}

function readLongForm(reader: TypeReader, tree: MapTree): DefinitionType {
  const fields = readFields(reader.report, tree, TYPE_WORDS, 'a type');
  const written = fields?.type?.value;
  if (fields === undefined || written === undefined) return ANY;
  const name = readText(reader.report, written, 'the key type');
  if (name === undefined) return ANY;
  const bare = shortForm(reader, name.value, name);
  return longForm(reader, {
    tree,
    fields,
    bare,
    readFields: (inner) => readTypeFields(reader, inner, 'The key fields'),
  });
}

/** `string`, `T[]`, `a | b`, a name of `types`. */
function shortForm(reader: TypeReader, written: string, at: ScalarTree): DefinitionType {
  const text = written.trim();
  if (text.includes('|')) return enumeration(reader, text, at);
  if (text.endsWith('[]')) return { kind: 'list', items: shortForm(reader, text.slice(0, -2), at) };
  if (Object.hasOwn(BUILT_IN, text)) return BUILT_IN[text] ?? ANY;
  const named = reader.types.read(text);
  if (named !== undefined) return named;
  const near = reader.report.near(text, [...BUILT_IN_TYPES, ...reader.types.names()]);
  const meant =
    near === undefined
      ? `The types are ${BUILT_IN_TYPES.join(', ')}, T[], a | b, and the names under types.`
      : `Did you mean ${near}?`;
  reader.report.add(
    'unknown-type',
    at.range,
    `There is no type ${text === '' ? 'without a name' : text}. ${meant}`,
    near,
  );
  return ANY;
}

function enumeration(reader: TypeReader, text: string, at: ScalarTree): DefinitionType {
  const words = text.split('|').map((word) => word.trim());
  const fault = enumerationFault(words, (word) => Object.hasOwn(BUILT_IN, word) || reader.types.has(word));
  if (fault === undefined) return { kind: 'string', enum: words };
  reader.report.add('invalid-type', at.range, fault);
  return ANY;
}

function enumerationFault(words: readonly string[], isType: (word: string) => boolean): string | undefined {
  if (words.includes('')) return 'An enumeration has a word on each side of "|".';
  const type = words.find((word) => isType(word.replace(/(\[\])+$/, '')));
  if (type !== undefined)
    return `${type} is a type, and an enumeration lists words. A value of several types is written any.`;
  const odd = words.find((word) => /[\s[\]{}"']/.test(word));
  if (odd !== undefined)
    return `"${odd}" is not a word. Words with blanks or brackets go into the long form: { type: string, enum: [...] }.`;
  const twice = words.find((word, index) => words.indexOf(word) !== index);
  return twice === undefined ? undefined : `The word ${twice} is written twice.`;
}

function schemaFile(reader: TypeReader, tree: MapTree): DefinitionType {
  const entry = entryOf(tree, '$schema') as Entry;
  const others = tree.entries.filter((other) => other !== entry);
  for (const other of others)
    reader.report.add(
      'unknown-key',
      other.keyRange,
      `A type that refers to a JSON Schema has the key $schema alone, not ${other.key}.`,
    );
  const file = readText(reader.report, entry.value, 'the key $schema');
  if (file === undefined) return ANY;
  return reader.types.schema(file.value, file.range) ?? ANY;
}
