/** The names under `types`: each is read when it is first used, so that their order does not matter. */
import type { JsonSchema } from '../plan/json';
import type { DefinitionType } from './definition-type';
import { isMapping } from './mapping';
import { jsonSchemaToType } from './json-schema';
import { checkName } from './names';
import type { Range, Report } from './report';
import type { Entry, Tree } from './tree';
import { BUILT_IN_TYPES, readType } from './type-syntax';
import { outgrows, tooLarge } from './type-size';
import { schemaFault } from './validate';

/** Gives the JSON Schema that a `$schema` names, or says in a sentence why not. */
export type SchemaSource = (name: string) => { readonly schema: JsonSchema } | { readonly fault: string };

/** Where no schemas can be found: a definition that is not a file in the definitions folder. */
const NO_SCHEMAS =
  'A JSON Schema file lies in the definitions folder, and this definition does not. Write the type out.';

export interface NamedTypes {
  names(): Iterable<string>;
  has(name: string): boolean;
  /** `undefined` when nothing bears the name. */
  read(name: string): DefinitionType | undefined;
  /** A `$schema` reference; faults are reported at `range`. */
  schema(name: string, range: Range): DefinitionType | undefined;
  /** Reads what nothing has used, so that its faults are found too, and reports it as unused. */
  finish(): void;
}

export function readNamedTypes(report: Report, tree: Tree | undefined, schemas?: SchemaSource): NamedTypes {
  const written = tree === undefined ? new Map<string, Entry>() : entriesOf(report, tree);
  const known = new Map<string, DefinitionType>();
  const open = new Set<string>();

  const types: NamedTypes = {
    names: () => written.keys(),
    has: (name) => written.has(name),
    read(name) {
      const entry = written.get(name);
      const ready = known.get(name);
      if (entry === undefined || ready !== undefined) return ready;
      if (open.has(name)) {
        report.add(
          'recursive-type',
          entry.keyRange,
          `The type ${name} contains itself. Types cannot be recursive: write any at that place.`,
        );
        return { kind: 'any' };
      }
      open.add(name);
      const whole = readType({ report, types }, entry.value);
      const type: DefinitionType = outgrows(whole) ? { kind: 'any' } : whole;
      if (type !== whole) report.add('too-many-nodes', entry.keyRange, tooLarge(`The type ${name}`));
      open.delete(name);
      known.set(name, type);
      return type;
    },
    schema(name, range) {
      if (schemas === undefined) {
        report.add('invalid-schema', range, NO_SCHEMAS);
        return undefined;
      }
      const found = schemas(name);
      const fault = 'fault' in found ? found.fault : schemaFault(found.schema);
      if ('schema' in found && fault === undefined)
        return { kind: 'schema', schema: found.schema, type: jsonSchemaToType(found.schema) };
      report.add('invalid-schema', range, fault ?? `The schema ${name} cannot be used.`);
      return undefined;
    },
    finish() {
      for (const [name, entry] of written) {
        if (known.has(name)) continue;
        types.read(name);
        report.add('unused-type', entry.keyRange, `Nothing uses the type ${name}.`);
      }
    },
  };
  return types;
}

function entriesOf(report: Report, tree: Tree): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  if (!isMapping(report, tree, 'the key types')) return entries;
  for (const entry of tree.entries) {
    if (!checkName(report, entry.key, entry.keyRange, 'type')) continue;
    if (BUILT_IN_TYPES.includes(entry.key)) {
      report.add('reserved-name', entry.keyRange, `${entry.key} is a type of the language. Choose another name.`);
      continue;
    }
    entries.set(entry.key, entry);
  }
  return entries;
}
