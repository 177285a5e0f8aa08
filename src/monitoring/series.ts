/** Answers how a metric went over time, from kept samples, under our name for it or the specification's. */
import type { SampleLabels, SamplePoint, SampleTable } from '../store/sample-table';
import type { MetricName, MetricTerms } from './metric-list';
import { METRIC_ALIASES, METRICS } from './metric-list';

export interface SeriesQuery {
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  /** Only series that have all of these. */
  readonly labels: SampleLabels;
  /** Absent: so that there are at most some hundred points per series. */
  readonly stepSeconds?: number;
}

export interface SeriesPoint {
  /** The beginning of the step. */
  readonly at: Date;
  /** A counter's growth within the step, a gauge's value at its end, the mean of what a histogram was shown. */
  readonly value: number;
  /** Of a histogram: how many values. */
  readonly count?: number;
}

export interface Series {
  readonly labels: SampleLabels;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesAnswer {
  readonly name: string;
  readonly stepSeconds: number;
  readonly series: readonly Series[];
  /** There are more points than are given: the oldest are missing. */
  readonly truncated?: true;
}

const MOST_STEPS = 300;
const MOST_POINTS = 20_000;
const STEPS = [10, 30, 60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600] as const;

/** The specification's words for how an execution ended. */
const ENDINGS: Readonly<Record<string, string>> = { success: 'completed', failure: 'failed', error: 'failed' };

export async function readSeries(
  { table, home }: { readonly table: Pick<SampleTable, 'query'>; readonly home: string },
  { name, from, to, labels, stepSeconds }: SeriesQuery,
): Promise<SeriesAnswer> {
  const spanSeconds = Math.max(0, (to.getTime() - from.getTime()) / 1_000);
  const step = stepSeconds ?? STEPS.find((seconds) => spanSeconds / seconds <= MOST_STEPS) ?? STEPS.at(-1) ?? 0;
  const own = Object.hasOwn(METRIC_ALIASES, name) ? METRIC_ALIASES[name as keyof typeof METRIC_ALIASES] : undefined;
  const points = await table.query(home, {
    names: [...new Set([own ?? name, name])],
    from,
    to,
    labels: own === undefined ? labels : inOurWords(labels),
    stepSeconds: step,
    merge: mergeOf(own ?? name),
    limit: MOST_POINTS,
  });
  return {
    name,
    stepSeconds: step,
    series: seriesOf(points),
    ...(points.length === MOST_POINTS ? { truncated: true as const } : {}),
  };
}

function inOurWords(labels: SampleLabels): SampleLabels {
  const { status } = labels;
  return status === undefined ? labels : { ...labels, status: ENDINGS[status] ?? status };
}

/** What a program records itself stands as it was recorded last. */
function mergeOf(name: string): 'sum' | 'max' | 'last' {
  if (!Object.hasOwn(METRICS, name)) return 'last';
  const terms: MetricTerms = METRICS[name as MetricName];
  return terms.merge ?? 'sum';
}

function seriesOf(points: readonly SamplePoint[]): readonly Series[] {
  const series = new Map<string, { readonly labels: SampleLabels; readonly points: SeriesPoint[] }>();
  for (const { at, labels, value, count } of points) {
    const key = JSON.stringify(labels);
    const one = series.get(key) ?? { labels, points: [] };
    series.set(key, one);
    one.points.push(count === undefined ? { at, value } : { at, value: count === 0 ? 0 : value / count, count });
  }
  return [...series.values()];
}
