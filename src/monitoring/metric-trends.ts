/** What each metric says of the last hour, and how that differs from the hour before it: the figures of a dashboard. */
import type { SampleKind, SampleTable, SampleWindow } from '../store/sample-table';
import type { AlertFigure } from './alert-figures';
import { figuresWith } from './alert-figures';
import { METRIC_ALIASES, METRICS } from './metric-list';
import { RESOLUTIONS } from './sampler';

export interface MetricTrend {
  /** A counter's growth within the last hour, a gauge as it stands, the mean of what a histogram was shown in the last hour. */
  readonly latest: number;
  /** `latest` less what it was an hour before; 0 where there is nothing to compare it with. */
  readonly trend: number;
}

export interface TrendParts {
  readonly table: Pick<SampleTable, 'window' | 'names' | 'kinds'>;
  readonly home: string;
  readonly now: Date;
}

const HOUR_MS = 60 * 60_000;
const resolutions = RESOLUTIONS.map(({ seconds }) => seconds);
const aliases = new Map<string, string>(Object.entries(METRIC_ALIASES).map(([alias, name]) => [name, alias]));
const isOurs = (name: string): boolean => name.startsWith('orchestrator_') || Object.hasOwn(METRIC_ALIASES, name);

/** By name, the specification's where it has one for it; over all labels. What nothing is known of is left out. */
export async function readTrends({ table, home, now }: TrendParts): Promise<Readonly<Record<string, MetricTrend>>> {
  const hourAgo = new Date(now.getTime() - HOUR_MS);
  const recorded = (await table.names(home, hourAgo)).filter((name) => !isOurs(name));
  const kinds = recorded.length === 0 ? new Map<string, SampleKind>() : await table.kinds(home, recorded);
  const all = figuresWith(kinds);
  const figures = [...Object.keys(METRICS), ...kinds.keys()].flatMap((name) => {
    const figure = all[name];
    return figure === undefined ? [] : [[name, figure] as const];
  });
  const of = (wanted: AlertFigure['kind']): readonly string[] =>
    figures.flatMap(([name, { kind }]) => (kind === wanted ? [name] : []));
  const until = (to: Date): Promise<SampleWindow> =>
    table.window(home, {
      growth: of('happened'),
      levels: of('stands'),
      from: new Date(to.getTime() - HOUR_MS),
      to,
      resolutions,
    });
  const [last, before] = await Promise.all([until(now), until(hourAgo)]);
  return Object.fromEntries(
    figures.flatMap(([name, { read }]) => {
      const latest = read(last);
      if (latest === undefined) return [];
      return [[aliases.get(name) ?? name, { latest, trend: latest - (read(before) ?? latest) }] as const];
    }),
  );
}
