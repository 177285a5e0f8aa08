/** The text of a definition that calls tools one after the other, and of its scenarios. */
import { contractSchema } from '../../language/tool-types';
import type { Json, JsonSchema } from '../../plan/json';
import { isObject, own } from '../../plan/json';
import type { ToolRegistry } from '../../tools/registry';
import type { ToolContract } from '../../tools/tool';
import { fieldsOf, requiredOf } from './schema-text';

export interface PlannedStep {
  readonly name: string;
  readonly contract: ToolContract;
  /** In the order of trying. */
  readonly providers: readonly string[];
  readonly description?: string;
}

export interface Sketch {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly steps: readonly PlannedStep[];
  /** US dollars; absent where the price of a call is unknown. */
  readonly maxCost?: number;
  /** Whether steps are given what those before them have made. */
  readonly linked: boolean;
  /** The least value of a type that carries no meaning. */
  readonly sample: (schema: JsonSchema) => Json;
}

/** A minute for each step, and no less. */
const STEP_MS = 60_000;

export function definitionText(sketch: Sketch): string {
  const { id, name, description, steps, maxCost } = sketch;
  const inputs = inputsOf(sketch);
  const payload = inputs.flatMap(({ payload: fields }) => fields);
  const types = new Map(payload.map(({ field, type }) => [field, type]));
  return lines([
    `id: ${id}`,
    `name: ${quoted(name)}`,
    ...(description === undefined ? [] : [`description: ${quoted(description)}`]),
    'version: 0.1.0',
    ...(types.size === 0 ? [] : ['', 'trigger:', '  payload:']),
    ...[...types].map(([field, type]) => `    ${field}: ${quoted(type)}`),
    '',
    'steps:',
    ...steps.flatMap((step, index) => stepText(step, inputs[index]?.values ?? {})),
    'output:',
    ...steps.map((step) => `  ${step.name}: ${quoted(`\${steps.${step.name}.output}`)}`),
    '',
    'guards:',
    `  budget: { maxMs: ${steps.length * STEP_MS}${maxCost === undefined ? '' : `, maxCost: ${maxCost}`} }`,
  ]);
}

function stepText(step: PlannedStep, values: Readonly<Record<string, string>>): readonly string[] {
  const { name, contract, providers, description } = step;
  return [
    `  - name: ${name}`,
    ...(description === undefined ? [] : [`    description: ${quoted(description)}`]),
    `    tool: ${contract.name}`,
    `    provider: ${providers.join('|')}`,
    ...(Object.keys(values).length === 0 ? [] : ['    input:']),
    ...Object.entries(values).map(([field, value]) => `      ${field}: ${quoted(value)}`),
    '',
  ];
}

/** Everything answers; and each step in turn finds nobody who may do it. */
export function scenariosText(sketch: Sketch): string {
  const { id, steps } = sketch;
  const given = inputsOf(sketch).flatMap(({ payload }) => payload.map(({ field, sample }) => [field, sample] as const));
  const payload = quoted(Object.fromEntries(given));
  const action = `      - { action: execute_workflow, input: { workflowName: ${id}, payload: ${payload} } }`;
  const failing = steps.flatMap(({ name, contract, providers }, index) => [
    '',
    `  - name: ${name} is refused everywhere`,
    '    unmocked: sample',
    `    mocks: [{ tool: ${contract.name}, provider: ${quoted(providers.join('|'))}, error: authorization }]`,
    '    steps:',
    action,
    '    expect:',
    '      status: failed',
    '      error: authorization',
    `      path: [${paths(steps.slice(0, index), 'completed')}${index === 0 ? '' : ', '}${name}: failed]`,
  ]);
  return lines([
    'scenarios:',
    '  - name: everything answers',
    '    steps:',
    action,
    `    expect: { status: completed, path: [${paths(steps, 'completed')}] }`,
    ...failing,
  ]);
}

const paths = (steps: readonly PlannedStep[], status: string): string =>
  steps.map(({ name }) => `${name}: ${status}`).join(', ');

interface StepInputs {
  /** By field of the tool. */
  readonly values: Readonly<Record<string, string>>;
  readonly payload: readonly { readonly field: string; readonly type: Json; readonly sample: Json }[];
}

/** Where several tools want fields of one name and different types, the later ones bear their step's name. */
function inputsOf({ steps, linked, sample }: Sketch): readonly StepInputs[] {
  const taken = new Map<string, string>();
  return steps.map(({ name, contract }, index) => {
    const schema = contractSchema(contract.input, 'input');
    const values: Record<string, string> = {};
    const payload: { field: string; type: Json; sample: Json }[] = [];
    for (const [field, example] of Object.entries(needed(contract, schema, sample))) {
      const wanted = fieldsOf(schema)[field];
      const before = linked ? madeBefore(steps.slice(0, index), field, wanted) : undefined;
      if (before !== undefined) {
        values[field] = before;
        continue;
      }
      const type = payloadType(wanted);
      const text = JSON.stringify(type);
      const as = (taken.get(field) ?? text) === text ? field : `${name}_${field}`;
      taken.set(as, text);
      payload.push({ field: as, type, sample: example });
      values[field] = `\${trigger.payload.${as}}`;
    }
    return { values, payload };
  });
}

/** Every required field with an example, and one more where the tool takes one of several. */
function needed(contract: ToolContract, schema: JsonSchema, sample: Sketch['sample']): Readonly<Record<string, Json>> {
  const required = requiredOf(schema);
  const withField = (more: readonly string[]): Json => sample({ ...schema, required: [...required, ...more] });
  const optional = Object.keys(fieldsOf(schema)).filter((field) => !required.includes(field));
  const found = [[], ...optional.map((field) => [field])]
    .map(withField)
    .find((given) => contract.input.safeParse(given).success);
  const given = found ?? withField([]);
  return isObject(given) ? given : {};
}

/** Fields that a text made by an earlier step may fill. */
const TEXTS = ['text', 'body', 'content', 'message', 'prompt'];

function madeBefore(steps: readonly PlannedStep[], field: string, wanted: Json | undefined): string | undefined {
  const alike = TEXTS.includes(field) ? [field, 'text', 'summary', 'content'] : [field];
  for (const { name, contract } of [...steps].reverse()) {
    const schema = contractSchema(contract.output, 'output');
    const made = alike.find(
      (one) =>
        requiredOf(schema).includes(one) &&
        own(fieldsOf(schema)[one], 'type') === own(wanted, 'type') &&
        own(wanted, 'type') === 'string' &&
        own(wanted, 'enum') === undefined,
    );
    if (made !== undefined) return `\${steps.${name}.output.${made}}`;
  }
  return undefined;
}

const FORMATS = ['date-time', 'date', 'time', 'email', 'uri', 'uuid'];

/** As a definition writes types; what it cannot say in them the tool itself checks. */
function payloadType(schema: Json | undefined): Json {
  const type = own(schema, 'type');
  const words = own(schema, 'enum');
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return { type: 'string', enum: words };
  if (type === 'string') {
    const [format, least] = [own(schema, 'format'), own(schema, 'minLength')];
    return {
      type: 'string',
      ...(typeof format === 'string' && FORMATS.includes(format) ? { format } : {}),
      ...(typeof least === 'number' ? { minLength: least } : {}),
    };
  }
  if (type === 'array') return own(own(schema, 'items'), 'type') === 'string' ? 'string[]' : 'array';
  return typeof type === 'string' && ['number', 'integer', 'boolean', 'object'].includes(type) ? type : 'any';
}

/** At most three that have what they need; else any three. */
export function providersFor(tool: string, registry: ToolRegistry): readonly string[] {
  const all = registry.providersOf(tool);
  const ready = all.filter((name) => registry.provider(name)?.unconfigured === undefined);
  return (ready.length > 0 ? ready : all).slice(0, 3);
}

/** JSON is YAML. */
const quoted = (value: Json): string => JSON.stringify(value);
const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
