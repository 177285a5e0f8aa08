/** YAML text → plan and diagnostics. The plan is there when no diagnostic is an error. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Json, JsonSchema } from '../plan/json';
import { canonical } from '../plan/json';
import type { Plan } from '../plan/plan';
import { PLAN_SCHEMA_VERSION } from '../plan/plan';
import type { ToolRegistry } from '../tools/registry';
import type { Compilation } from './compilation';
import { compileConcurrency } from './concurrency';
import { typeOf } from './definition-type';
import type { Diagnostic } from './diagnostic';
import { compileDefaults, compileGuards, reportUnusedFallbacks } from './guards';
import { checkedTypeToJsonSchema, typeToJsonSchema, unionType } from './json-schema';
import type { KnownDefinitions } from './known-definitions';
import type { Fields } from './mapping';
import { readFields, readLiteral } from './mapping';
import { reportMoney } from './money';
import { checkId, slug } from './names';
import type { SchemaSource } from './named-types';
import { readNamedTypes } from './named-types';
import { createReport } from './report';
import type { Report } from './report';
import { Scope } from './scope';
import { fixedRoots } from './scope-roots';
import { findStepNames } from './step-names';
import { compileSteps } from './steps/step-list';
import type { CompiledList } from './steps/kind';
import type { Entry } from './tree';
import { describe } from './tree';
import type { Type } from './type';
import { outgrows, outgrowsText, tooLarge, TOO_LONG } from './type-size';
import { ANY } from './type';
import { compileSchedule } from './schedule';
import { compileTrigger } from './trigger';
import { reportUnusedVariables } from './unused-variables';
import type { Value } from './value';
import { compileValue } from './value';
import { DEFINITION_WORDS } from './vocabulary';
import { compileWebhook } from './webhook';
import { parseTree } from './yaml-tree';

export interface DefinitionSource {
  /** YAML. */
  readonly text: string;
  /** File name or label; of a file in the definitions folder its name without `.yaml` is the id. */
  readonly file: string;
  /** The id where neither the text nor the file's name gives one. */
  readonly id?: string;
  /** Resolves `$schema` references; without it there are none. */
  readonly schemas?: SchemaSource;
  /** What it may execute; without it nothing is known of other definitions. */
  readonly definitions?: KnownDefinitions;
}

/** What can be said of a definition even when it has errors. */
export interface DefinitionOutline {
  readonly id?: string;
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  /** JSON Schema of the payload. */
  readonly input: JsonSchema;
  /** JSON Schema of what is known of the execution's output. */
  readonly output: JsonSchema;
}

export interface Compiled {
  readonly plan?: Plan;
  readonly diagnostics: readonly Diagnostic[];
  /** Ids of the definitions that it executes. */
  readonly calls: readonly string[];
  /** What the checker knows of the execution's output. */
  readonly output: Type;
  readonly definition?: DefinitionOutline;
}

export function compileDefinition(source: DefinitionSource, registry: ToolRegistry): Compiled {
  const report = createReport(source);
  const tree = parseTree(report);
  const fields = tree === undefined ? undefined : readFields(report, tree, DEFINITION_WORDS, 'a definition');
  if (fields === undefined) return { diagnostics: report.diagnostics(), calls: [], output: ANY };
  const types = readNamedTypes(report, fields.types?.value, source.schemas);
  const { events, payload: written, ...starts } = compileTrigger({ report, types }, fields.trigger);
  const payload: typeof written = outgrows(written) ? { kind: 'any' } : written;
  if (payload !== written)
    report.add('too-many-nodes', fields.trigger?.keyRange ?? { start: 0, end: 1 }, tooLarge('The payload'));
  const { guards, fallbacks } = compileGuards(report, fields.guards);
  const head = readHead(report, fields, source);
  const cx: Compilation = {
    report,
    id: head.id,
    events,
    definitions: source.definitions,
    calls: new Set(),
    returns: [],
    registry,
    types,
    names: findStepNames(report, [fields.steps?.value, fields.finally?.value]),
    scope: new Scope(),
    roots: fixedRoots(typeOf(payload), guards.budget),
    defaults: compileDefaults(report, fields.defaults),
    fallbacks,
    redacts: guards.security.piiRedaction,
  };
  const input = typeToJsonSchema(payload);
  const schedule = starts.schedule && compileSchedule(report, starts.schedule, input);
  const webhook = starts.webhook && compileWebhook(cx, starts.webhook, input);
  const concurrency = compileConcurrency(cx, fields.concurrency);
  const list = fields.steps === undefined ? undefined : compileSteps(cx, fields.steps.value, 'The key steps');
  const output = fields.output === undefined ? undefined : compileValue(cx, fields.output.value);
  const { finally: last } = fields;
  const ending = last && cx.scope.atEnd(() => compileSteps(cx, last.value, 'The key finally'));
  types.finish();
  reportUnusedFallbacks(report, fallbacks);
  reportUnusedVariables(cx, fields);
  const place = (fields.guards ?? fields.steps ?? fields.name)?.keyRange ?? { start: 0, end: 1 };
  reportMoney(report, { guards, steps: list?.steps ?? [], last: ending?.steps ?? [], registry, place });
  const known = { calls: [...cx.calls], output: outcomeType(cx, list, output) };
  const schemas = { input, output: outgrows(known.output) ? {} : checkedTypeToJsonSchema(known.output) };
  const steps = [...(list?.steps ?? []), ...(ending?.steps ?? [])];
  const tooLong = outgrowsText([schemas, steps, output?.template ?? null] as unknown as Json);
  if (tooLong) report.add('too-many-nodes', place, TOO_LONG);
  const definition = { ...head, ...(tooLong ? { input: {}, output: {} } : schemas) };
  const diagnostics = report.diagnostics();
  const { id, name, version, description } = head;
  if (report.hasErrors() || list === undefined || id === undefined || name === undefined || version === undefined)
    return { diagnostics, ...known, definition };
  const plan: Omit<Plan, 'hash'> = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    id,
    name,
    ...(description === undefined ? {} : { description }),
    version,
    events,
    ...(schedule === undefined ? {} : { schedule }),
    ...(webhook === undefined ? {} : { webhook }),
    input,
    steps: list.steps,
    ...(ending === undefined ? {} : { finally: ending.steps }),
    ...(output === undefined ? {} : { output: output.template }),
    guards,
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  return { plan: { ...plan, hash: hashOf(plan) }, diagnostics, ...known, definition };
}

/** SHA-256, in hex, of the plan's canonical JSON. */
export function hashOf(plan: Omit<Plan, 'hash'>): string {
  return createHash('sha256').update(canonical(plan)).digest('hex');
}

/** Of every way in which the execution may complete. */
function outcomeType({ returns }: Compilation, list: CompiledList | undefined, output: Value | undefined): Type {
  const last = list === undefined || list.optional ? ANY : list.output;
  const atEnd = list?.ends === true ? [] : [output?.type ?? last];
  return unionType([...atEnd, ...returns]);
}

type Head = Pick<DefinitionOutline, 'id' | 'name' | 'version' | 'description'>;
type DefinitionFields = Fields<typeof DEFINITION_WORDS>;

function readHead(report: Report, fields: DefinitionFields, source: DefinitionSource): Head {
  const text = (entry: Entry | undefined): string | undefined =>
    entry === undefined ? undefined : readLiteral(report, entry.value, `the key ${entry.key}`)?.value;
  const name = text(fields.name);
  const description = text(fields.description);
  const version = readVersion(report, fields.version);
  const id = readId(report, fields, { source, name });
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
  };
}

/** The key `id`, else what the caller gives, else the file's name, else the name made an id. */
function readId(
  report: Report,
  fields: DefinitionFields,
  { source, name }: { source: DefinitionSource; name: string | undefined },
): string | undefined {
  const written = fields.id === undefined ? undefined : readLiteral(report, fields.id.value, 'the key id');
  if (fields.id !== undefined && written === undefined) return undefined;
  const id = written?.value ?? source.id ?? fileId(source.file) ?? slug(name ?? '');
  const range = written?.range ?? fields.name?.value.range ?? { start: 0, end: 1 };
  return (id !== '' || name !== undefined) && checkId(report, id, range) ? id : undefined;
}

function fileId(file: string): string | undefined {
  return /^(.+)\.ya?ml$/.exec(basename(file))?.[1];
}

/** https://semver.org, without a leading v. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

function readVersion(report: Report, entry: Entry | undefined): string | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.kind === 'scalar' && typeof value.value === 'string' && SEMVER.test(value.value)) return value.value;
  if (value.kind === 'scalar' && typeof value.value === 'number') {
    const parts = [...value.written.split('.'), '0', '0'].slice(0, 3).join('.');
    const message = `YAML reads ${value.written} as the number ${value.value}. A version has three parts and is text.`;
    report.add('invalid-version', value.range, message, SEMVER.test(parts) ? parts : undefined);
    return undefined;
  }
  report.add(
    'invalid-version',
    value.range,
    `A version is three numbers such as 1.0.0 (semver.org); this is ${describe(value)}.`,
  );
  return undefined;
}
