/** The table of docs/metrics.md, written from the list of metrics; `node scripts/metrics.mjs` puts it in. */
import type { MetricTerms } from './metric-list';
import { METRIC_ALIASES, METRICS } from './metric-list';

const MARKER = '<!-- metrics -->';

/** One line per metric. */
export function metricTable(): string {
  const aliases = new Map<string, string>(Object.entries(METRIC_ALIASES).map(([alias, name]) => [name, alias]));
  const rows = Object.entries(METRICS).map(([name, { type, help, labels }]: [string, MetricTerms]) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help + (aliases.has(name) ? `; also \`${aliases.get(name)}\`` : ''),
  ]);
  const head = ['metric', 'type', 'labels', 'what it counts'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The page with the table between its two markers. */
export function withMetricTable(page: string): string {
  const [before, , after] = page.split(MARKER);
  if (after === undefined) throw new Error(`docs/metrics.md needs ${MARKER} twice`);
  return `${before}${MARKER}\n\n${metricTable()}\n\n${MARKER}${after}`;
}
