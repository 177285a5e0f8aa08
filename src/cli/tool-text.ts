/** Tools as a person reads them: a table of all, and the page of one. */
import type { ToolDescription, ToolProvider } from '../library/tool-description';
import { jsonSchemaToType } from '../language/json-schema';
import { nameOfType } from '../language/fit';
import { formatDuration } from '../plan/duration';
import type { Json, JsonSchema } from '../plan/json';
import { isObject, own } from '../plan/json';
import { priceText } from '../providers/provider-tables';
import type { Terminal } from './terminal';

type Paint = Terminal['paint'];

/** A line per tool: its name, who provides it (those without their key in parentheses), what it is for. */
export function toolTable(tools: readonly ToolDescription[], paint: Paint): string {
  const rows = tools.map(({ name, title, providers }) => ({
    name,
    title,
    providers: providers.map((one) => (one.configured ? one.name : `(${one.name})`)).join(' ') || 'nobody',
  }));
  const [names, titles] = [rows.map(({ name }) => name.length), rows.map(({ title }) => title.length)];
  return rows
    .map(({ name, title, providers }) =>
      [paint('bold', name.padEnd(Math.max(...names))), title.padEnd(Math.max(...titles)), paint('dim', providers)].join(
        '  ',
      ),
    )
    .map((line) => `${line}\n`)
    .join('');
}

const REPEATED: Readonly<Record<ToolDescription['idempotent'], string>> = {
  key: 'is tried again with its idempotency key',
  natural: 'is tried again, which does no harm',
  none: 'is tried once',
};

export function toolPage(tool: ToolDescription, paint: Paint): string {
  const { name, title, description, idempotent, timeoutMs, input, output, providers, example } = tool;
  const heading = (text: string): string => paint('bold', text);
  return [
    `${heading(name)}  ${title}`,
    description,
    `A call takes at most ${formatDuration(timeoutMs)} and ${REPEATED[idempotent]}.`,
    '',
    heading('Input'),
    ...fieldLines(input),
    '',
    heading('Output'),
    ...fieldLines(output),
    '',
    heading('Providers'),
    ...(providers.length === 0 ? ['  none'] : providers.map((provider) => providerLine(provider, paint))),
    '',
    heading('Example'),
    ...example
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** Deep enough for any real contract; stops schemas that contain themselves. */
const MAX_DEPTH = 5;

function fieldLines(schema: JsonSchema, depth = 1): readonly string[] {
  const properties = own(schema, 'properties');
  const fields = Object.entries(isObject(properties) ? properties : {});
  if (fields.length === 0) return depth === 1 ? [`  ${typeText(schema)}`] : [];
  const required = own(schema, 'required');
  return fields.flatMap(([name, field]) => {
    const optional = !(Array.isArray(required) && required.includes(name));
    const fallback = own(field, 'default');
    const description = own(field, 'description');
    const line = [
      `${'  '.repeat(depth)}${name}${optional ? '?' : ''}: ${typeText(field)}`,
      ...(fallback === undefined ? [] : [`= ${JSON.stringify(fallback)}`]),
      ...(typeof description === 'string' ? [` ${description}`] : []),
    ].join(' ');
    const inner = own(field, 'items') ?? field;
    return [line, ...(depth < MAX_DEPTH && isObject(inner) ? fieldLines(inner, depth + 1) : [])];
  });
}

function typeText(schema: Json): string {
  return nameOfType(jsonSchemaToType(schema)).replaceAll('"', '');
}

function providerLine(provider: ToolProvider, paint: Paint): string {
  const { name, title, configured, reason, status, model, price } = provider;
  const { perSecond, concurrent } = provider.standing.limits;
  const facts = [
    ...(configured
      ? status === 'unhealthy'
        ? [paint('red', 'unhealthy')]
        : []
      : [paint('yellow', (reason ?? '').replace(/\.$/, ''))]),
    price === undefined ? 'price unknown' : priceText(price),
    ...(model === undefined ? [] : [model]),
    ...(perSecond === undefined ? [] : [`${perSecond} a second`]),
    ...(concurrent === undefined ? [] : [`${concurrent} at once`]),
  ];
  return `  ${configured ? paint('green', '✔') : paint('yellow', '!')} ${name}  ${title}: ${facts.join(', ')}`;
}
