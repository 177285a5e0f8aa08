/** Series of metrics over a time that ends now, asked again every so often. */
import { useEffect, useState } from 'preact/hooks';
import { ask, refusalOf } from '../ask';
import type { Refusal } from '../ask';
import type { MetricSeries } from '../shapes';
import type { ChartTerms, Range } from './ranges';
import type { Span } from './series';

/** Samples are kept every ten seconds. */
const FRESH_EVERY_MS = 15_000;

export interface Looked extends Span {
  readonly series: readonly MetricSeries[];
}

type Asking = Pick<ChartTerms, 'name' | 'labels'>;

/** Undefined until the first answer, and after the range or the metrics are others. */
export function useSeries(
  all: readonly Asking[],
  range: Range,
): { readonly looked?: Looked; readonly refusal?: Refusal } {
  const key = JSON.stringify([range.name, ...all.map(({ name, labels }) => [name, labels])]);
  const [state, setState] = useState<{ key?: string; looked?: Looked; refusal?: Refusal }>({});
  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const to = Date.now();
      const from = to - range.ms;
      if (!document.hidden)
        await Promise.all(
          all.map((one) => ask<MetricSeries>(pathOf(one, { from, to, range }), { signal: gone.signal })),
        ).then(
          (series) => setState({ key, looked: { from, to, series } }),
          (error: unknown) =>
            !gone.signal.aborted &&
            setState((before) => ({ ...(before.key === key ? before : { key }), refusal: refusalOf(error) })),
        );
      if (!gone.signal.aborted) timer = setTimeout(() => void look(), FRESH_EVERY_MS);
    };
    void look();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [key]);
  return state.key === key ? state : {};
}

function pathOf({ name, labels }: Asking, { from, to, range }: Span & { readonly range: Range }): string {
  const query = new URLSearchParams({
    name,
    startTime: new Date(from).toISOString(),
    endTime: new Date(to).toISOString(),
    stepSeconds: String(range.stepSeconds),
    ...(labels === undefined ? {} : { labels }),
  });
  return `/monitoring/metrics?${query.toString()}`;
}
