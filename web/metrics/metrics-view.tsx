/** How numbers went: executions, failures, times, calls, tokens, cost and people who are waited for, over a time; and any other metric. */
import type { ViewOf } from '../app';
import { plain } from '../format';
import { useAsked, useTitle } from '../hooks';
import { Empty, Loading, Refused, View } from '../parts/parts';
import { hrefOf } from '../place';
import type { Metric } from '../shapes';
import { LineChart } from './line-chart';
import { CHARTS, rangeOf, RANGES } from './ranges';
import type { ChartTerms } from './ranges';
import { linesOf } from './series';
import { useSeries } from './use-series';

export function MetricsView({ place: { query } }: ViewOf) {
  useTitle('Metrics');
  const range = rangeOf(query['range']);
  const known = useAsked<{ metrics: readonly Metric[] }>('/monitoring/metrics');
  const one = known.value?.metrics.find(({ name }) => name === query['metric']);
  const charts = query['metric'] === undefined ? CHARTS : one === undefined ? [] : [termsOf(one)];
  const { looked, refusal } = useSeries(charts, range);
  const names = (known.value?.metrics ?? []).map(({ name }) => name);
  return (
    <View title="Metrics" facts={one !== undefined && <span class="faint">{one.description}</span>}>
      <div class="filters">
        <nav class="pills" aria-label="Time">
          {RANGES.map(({ name, text }) => (
            <a
              key={name}
              href={hrefOf(['metrics'], { ...query, range: name })}
              aria-current={name === range.name ? 'true' : undefined}
            >
              {text}
            </a>
          ))}
        </nav>
        <label>
          <span class="label">Metric</span>
          <select
            value={query['metric'] ?? ''}
            onChange={(event) => {
              location.hash = hrefOf(['metrics'], { range: range.name, metric: event.currentTarget.value });
            }}
          >
            <option value="">the main ones</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <Refused refusal={known.refusal ?? refusal} />
      {looked === undefined && refusal === undefined && <Loading />}
      {looked !== undefined && (
        <div class="charts">
          {charts.map((terms, index) => {
            const answer = looked.series[index];
            const drawn = answer && linesOf(answer, { ...terms, from: looked.from, to: looked.to });
            return (
              <section class="panel" aria-label={terms.title} key={terms.title}>
                {drawn === undefined || drawn.lines.length === 0 ? (
                  <>
                    <header class="panel-head">
                      <h2>{terms.title}</h2>
                    </header>
                    <p class="pad faint">Nothing in this time.</p>
                  </>
                ) : (
                  <LineChart title={terms.title} drawn={drawn} format={terms.format} />
                )}
              </section>
            );
          })}
        </div>
      )}
      {looked !== undefined && charts.length === 0 && <Empty title="There is no such metric." />}
    </View>
  );
}

function termsOf({ name, type, labels = [] }: Metric): ChartTerms {
  const merge = type === 'counter' ? 'sum' : type === 'histogram' ? 'mean' : 'last';
  return { title: name, name, by: labels, merge, format: plain };
}
