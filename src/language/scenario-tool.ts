/** `tools`: contracts of tools that do not exist yet, in the language's own types. */
import type { JsonSchema } from '../plan/json';
import type { ToolContract } from '../tools/tool';
import { typeToJsonSchema } from './json-schema';
import { isMapping, readFields, readNumber } from './mapping';
import type { NamedTypes } from './named-types';
import { readNamedTypes } from './named-types';
import type { Report } from './report';
import type { DeclaredTool } from './scenario';
import { readMoment, readWord, textOf } from './scenario-value';
import { TOOL_WORDS } from './scenario-words';
import { schemaType } from './schema-type';
import type { Entry } from './tree';
import { readTypeFields } from './type-syntax';

const IDEMPOTENT = ['key', 'natural', 'none'] as const;
const TIMEOUT_MS = 30_000;

export function readTools(report: Report, entry: Entry | undefined): readonly DeclaredTool[] {
  if (entry === undefined || !isMapping(report, entry.value, 'the key tools')) return [];
  const types = readNamedTypes(report, undefined);
  return entry.value.entries.flatMap((one) => readTool({ report, types }, one) ?? []);
}

function readTool(
  { report, types }: { readonly report: Report; readonly types: NamedTypes },
  { key, keyRange, value }: Entry,
): DeclaredTool | undefined {
  if (!/^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$/.test(key))
    report.add('invalid-name', keyRange, `A tool is called <category>.<action> in small letters; this is "${key}".`);
  const fields = readFields(report, value, TOOL_WORDS, 'a tool');
  if (fields === undefined) return undefined;
  const schemaOf = (part: Entry | undefined, open: boolean): JsonSchema =>
    part === undefined
      ? { type: 'object' }
      : typeToJsonSchema(
          { kind: 'object', fields: readTypeFields({ report, types }, part.value, `The key ${part.key}`) },
          { open },
        );
  const price = fields.price && readNumber(report, fields.price.value, 'the key price', { minimum: 0 });
  const contract: ToolContract = {
    name: key,
    title: textOf(report, fields.title) ?? key,
    description: textOf(report, fields.description) ?? '',
    category: key.slice(0, key.indexOf('.')),
    input: schemaType(schemaOf(fields.input, false)),
    // An answer may hold more than is declared, which nobody can read.
    output: schemaType(schemaOf(fields.output, true), schemaOf(fields.output, false)),
    idempotent:
      (fields.idempotent &&
        readWord(report, fields.idempotent.value, { words: IDEMPOTENT, what: 'the key idempotent' })) ??
      'key',
    placement: 'remote',
    timeoutMs: readMoment(report, fields.timeout) ?? TIMEOUT_MS,
  };
  const providers = textOf(report, fields.provider)?.split('|') ?? [];
  return {
    contract,
    providers: providers.map((name) => name.trim()),
    ...(price === undefined ? {} : { price }),
  };
}
