/** The tables of docs/providers.md, written from the providers themselves; `node scripts/providers.mjs` puts them in. */
import type { Price } from '../plan/price';
import type { Provider, ProviderLimits, ToolContract } from '../tools/tool';

/** Markdown by the name of the place in the page: `<!-- table: tools -->`. */
export function providerTables(
  providers: readonly Provider[],
  contracts: readonly ToolContract[],
): Readonly<Record<string, string>> {
  return {
    tools: table(
      ['Tool', 'Providers', 'Repeats by'],
      contracts.map(({ name, idempotent, idempotentFor }) => [
        code(name),
        providers
          .filter((provider) => Object.hasOwn(provider.tools, name))
          .map((provider) => code(provider.name))
          .join(', '),
        idempotentFor === undefined ? code(idempotent) : 'its input says',
      ]),
    ),
    providers: table(
      ['Provider', '', 'Limits of ours', 'A repeated call'],
      providers.map(({ name, title, limits, honours }) => [
        code(name),
        title,
        limitsText(limits),
        honours === undefined ? 'acts or is billed again' : honours,
      ]),
    ),
    variables: table(
      ['Variable', 'Provider', 'Required'],
      providers.flatMap(({ name, variables }) =>
        variables.map((variable) => [code(variable.name), code(name), variable.required ? 'yes' : 'no']),
      ),
    ),
    prices: table(
      ['Provider', 'Model or tool', 'Price', 'As of', 'Source'],
      providers.flatMap(({ name, prices, byPlan }) => [
        ...(byPlan === true ? [[code(name), code('*'), 'nothing by the call: paid by plan', '', '']] : []),
        ...Object.entries(prices?.rates ?? {}).map(([what, { date, source, ...price }]) => [
          code(name),
          code(what),
          priceText(price),
          date,
          `<${source}>`,
        ]),
      ]),
    ),
    sources: providers
      .flatMap(({ name, sources = [] }) => sources.map((source) => `- ${code(name)}: <${source}>`))
      .join('\n'),
  };
}

/** The page with every table in its place. Throws for a place that has no table, and for a table that has no place. */
export function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  const left = new Set(Object.keys(tables));
  const written = page.replace(/<!-- table: (\w+) -->\n[^]*?<!-- end -->/g, (_, name: string) => {
    left.delete(name);
    if (tables[name] === undefined) throw new Error(`There is no table ${name}.`);
    return `<!-- table: ${name} -->\n\n${tables[name]}\n\n<!-- end -->`;
  });
  if (left.size > 0) throw new Error(`The page has no place for ${[...left].join(', ')}.`);
  return written;
}

function limitsText(limits: ProviderLimits | undefined): string {
  if (limits === undefined) return 'none';
  const { perSecond, burst, concurrent } = limits;
  return [
    ...(perSecond === undefined ? [] : [`${perSecond} a second, ${burst ?? Math.ceil(perSecond)} at once`]),
    ...(concurrent === undefined ? [] : [`${concurrent} under way`]),
  ].join('; ');
}

const UNITS: Readonly<Record<keyof Price, string>> = {
  usdPerMillionInputTokens: 'per million input tokens',
  usdPerMillionCachedInputTokens: 'per million input tokens from its cache',
  usdPerMillionOutputTokens: 'per million output tokens',
  usdPerMillionCharacters: 'per million characters',
  usdPerAudioSecond: 'per second of audio',
  usdPerImage: 'per image',
  usdPerCall: 'per call',
};

export function priceText(price: Price): string {
  const parts = Object.entries(UNITS).flatMap(([name, unit]) => {
    const usd = price[name as keyof Price];
    return usd === undefined ? [] : [`$${usd} ${unit}`];
  });
  return parts.join(', ') || 'free';
}

const code = (text: string): string => `\`${text}\``;

/** Padded as prettier pads it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? title).length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
