/** A definition as a page of Markdown: what it does, its diagram, what it takes and gives, its steps, providers, guards and errors. */
import type { DefinitionOutline } from '../../language/compile';
import type { Diagnostic } from '../../language/diagnostic';
import { toMermaid } from '../../language/graph';
import { formatDuration } from '../../plan/duration';
import type { Json, JsonSchema } from '../../plan/json';
import { own } from '../../plan/json';
import { handlersOf, stepPlaces } from '../../plan/paths';
import type { Plan, Step, ToolStep } from '../../plan/plan';
import { toolSteps } from '../../language/plan-prices';
import type { ToolRegistry } from '../../tools/registry';
import { fieldsOf, requiredOf, typeText } from './schema-text';

export interface PageParts {
  readonly plan: Plan;
  readonly definition: DefinitionOutline;
  readonly diagnostics: readonly Diagnostic[];
  readonly registry: ToolRegistry;
}

export function definitionPage({ plan, definition, diagnostics, registry }: PageParts): string {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Starts', starts(plan)],
    ['Diagram', ['```mermaid', toMermaid(plan).trimEnd(), '```']],
    ['Input', fields(plan.input)],
    ['Output', output(definition.output)],
    ['Steps', table(['step', 'does', 'when', 'when it fails'], [...stepPlaces(plan).values()].map(stepRow))],
    ['Providers', providers(plan, registry)],
    ['Guards', guards(plan)],
    ['Errors', errors(plan)],
    ['Notes', diagnostics.map(({ line, message }) => `- Line ${line}: ${message}`)],
  ];
  const head = [`# ${plan.name}`, '', ...(plan.description === undefined ? [] : [plan.description, ''])];
  const body = sections.filter(([, lines]) => lines.length > 0);
  return `${[...head, `\`${plan.id}\` ${plan.version}`, ...body.flatMap(([title, lines]) => ['', `## ${title}`, '', ...lines])].join('\n')}\n`;
}

function starts({ id, events, schedule, webhook, concurrency }: Plan): readonly string[] {
  return [
    `- On request: \`POST /workflows/${id}/execute\`, \`omni run ${id}\`.`,
    ...events.map((event) => `- By the event \`${event}\`.`),
    ...(schedule === undefined ? [] : [`- At \`${schedule.cron}\` (${schedule.timezone}).`]),
    ...(webhook === undefined ? [] : [`- By a signed message to \`POST /hooks/${id}\`.`]),
    ...(concurrency === undefined
      ? []
      : [
          `- At most ${concurrency.limit} at once${concurrency.key === undefined ? '' : ' for each key'}; the others ${concurrency.whenFull === 'queue' ? 'wait' : 'are refused'}.`,
        ]),
  ];
}

function fields(schema: JsonSchema): readonly string[] {
  const required = requiredOf(schema);
  const rows = Object.entries(fieldsOf(schema)).map(([name, field]) => [
    `\`${name}\``,
    typeText(field),
    required.includes(name) && own(field, 'default') === undefined ? 'yes' : defaultText(field),
    [own(field, 'description'), personal(field)].filter((text) => typeof text === 'string').join(' '),
  ]);
  return rows.length === 0 ? ['Nothing.'] : table(['field', 'type', 'required', 'what it is'], rows);
}

function defaultText(field: Json): string {
  const value = own(field, 'default');
  return value === undefined ? 'no' : `no, \`${JSON.stringify(value)}\``;
}

function personal(field: Json): string | undefined {
  const kind = own(field, 'x-pii');
  return typeof kind === 'string' ? `Personal data (${kind}).` : undefined;
}

function output(schema: JsonSchema): readonly string[] {
  const required = requiredOf(schema);
  const rows = Object.entries(fieldsOf(schema)).map(([name, field]) => [
    `\`${name}\``,
    typeText(field),
    required.includes(name) ? 'always' : 'sometimes',
  ]);
  return rows.length === 0 ? [`${typeText(schema)}.`] : table(['field', 'type', 'there'], rows);
}

function stepRow({ step, pattern }: { readonly step: Step; readonly pattern: string }): readonly string[] {
  const what = step.description === undefined ? doing(step) : `${step.description} (${doing(step)})`;
  return [`\`${pattern}\``, what, step.if === undefined ? 'always' : code(step.if), failing(step)];
}

function doing(step: Step): string {
  switch (step.kind) {
    case 'tool':
      return `\`${step.tool}\` by ${[...step.chain.map(({ provider }) => provider), ...(step.mode === undefined ? [] : [step.mode])].join(', then ')}`;
    case 'workflow':
      return `runs \`${step.workflow}\`${step.await ? '' : ' without waiting'}`;
    case 'agent':
      return `a task for an agent: \`${step.agent}\`, \`${step.capability}\``;
    case 'loop':
      return `a model works by itself, as the agent \`${step.agent}\``;
    case 'emit':
      return `sends the event \`${step.type}\``;
    case 'wait':
      return step.forMs === undefined ? `waits until ${code(step.until ?? '')}` : `waits ${formatDuration(step.forMs)}`;
    case 'waitFor':
      return `asks ${step.from.length === 0 ? 'anyone' : step.from.join(', ')} for \`${step.signal}\``;
    case 'forEach':
      return `for each of ${code(step.list)}, ${step.concurrency} at once`;
    case 'repeat':
      return 'repeats';
    case 'set':
      return `sets ${Object.keys(step.values).join(', ')}`;
    case 'parallel':
      return `${step.branches.length} branches at once`;
    case 'switch':
      return 'the first case that fits';
    case 'steps':
      return 'a group';
    case 'fail':
      return `fails as \`${step.type}\``;
    case 'return':
      return 'ends with an output';
  }
}

function failing(step: Step): string {
  const handled = handlersOf(step).map((one) => {
    const what = one.steps === undefined ? 'goes on' : `runs ${one.steps.map(({ name }) => name).join(', ')}`;
    return one.when === undefined ? what : `${what} if ${code(one.when)}`;
  });
  const undone = step.compensate === undefined ? [] : [`is undone by \`${step.compensate.tool}\``];
  const tried = step.kind === 'tool' && step.idempotent === 'none' ? ['is tried once'] : [];
  return [...tried, ...handled, ...undone].join('; ') || 'the execution fails';
}

function providers(plan: Plan, registry: ToolRegistry): readonly string[] {
  const calls = toolsOf(plan);
  const names = [...new Set(calls.flatMap(({ chain }) => chain.map(({ provider }) => provider)))];
  const rows = names.map((name) => [
    `\`${name}\``,
    registry.provider(name)?.title ?? name,
    name === 'local' ? 'this machine' : 'outside',
    [...new Set(calls.filter(({ chain }) => chain.some(({ provider }) => provider === name)).map(({ tool }) => tool))]
      .map((tool) => `\`${tool}\``)
      .join(', '),
  ]);
  return rows.length === 0 ? [] : table(['provider', 'who', 'where', 'called for'], rows);
}

function toolsOf(plan: Plan): readonly ToolStep[] {
  return [...plan.steps, ...(plan.finally ?? [])].flatMap((step) => toolSteps(step, 'all'));
}

function guards({ guards: { budget, security } }: Plan): readonly string[] {
  const { maxMs, maxTokens, maxCostUsd } = budget;
  return [
    ...(maxMs === undefined ? [] : [`- At most ${formatDuration(maxMs)}, waits for people apart.`]),
    ...(maxTokens === undefined ? [] : [`- At most ${maxTokens} tokens.`]),
    ...(maxCostUsd === undefined ? [] : [`- At most ${maxCostUsd} US dollars.`]),
    ...(security.piiRedaction ? ['- Personal data are replaced before a call leaves.'] : []),
    ...(security.encryption ? ['- Starts only where values are encrypted.'] : []),
    ...(security.dataRetentionMs === undefined
      ? []
      : [`- Deleted ${formatDuration(security.dataRetentionMs)} after its end.`]),
  ];
}

function errors(plan: Plan): readonly string[] {
  const all = [...stepPlaces(plan).values()].map(({ step }) => step);
  const own = all.flatMap((step) => (step.kind === 'fail' ? [`- \`${step.type}\`: raised by \`${step.name}\`.`] : []));
  const calls = toolsOf(plan).length > 0;
  return [
    ...own,
    ...(calls ? ['- `provider-unavailable`, `tool-error`, `timeout`: no provider of a step could do it.'] : []),
    ...(Object.keys(plan.guards.budget).length > 0 ? ['- `budget-exceeded`: a guard above has ended it.'] : []),
    ...(all.some(({ kind }) => kind === 'agent') ? ['- `no-agent`: nobody took a task.'] : []),
    '- `validation`: the input does not fit. [All types](problems.md).',
  ];
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
