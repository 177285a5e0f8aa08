/** What there is to look at: numbers over time, alerts, and traces. */
import type { AlertParts, Alerts } from './alerts';
import { createAlerts } from './alerts';
import type { MetricTrend } from './metric-trends';
import { readTrends } from './metric-trends';
import type { RecordedSample } from './recorded-metrics';
import type { Metrics } from './metrics';
import type { SeriesAnswer, SeriesQuery } from './series';
import { readSeries } from './series';
import type { SampleTable } from '../store/sample-table';
import type { Sampler } from './sampler';
import type { Traces } from './traces';

export interface Monitoring {
  readonly alerts: Alerts;
  /** Throws `validation`: see `RecordedMetrics`. */
  record(sample: RecordedSample): void;
  series(query: SeriesQuery): Promise<SeriesAnswer>;
  /** Each metric's last hour against the hour before. */
  trends(): Promise<Readonly<Record<string, MetricTrend>>>;
  /** Names that there are samples of since then. */
  names(since: Date): Promise<readonly string[]>;
  readonly traces: Traces;
}

export interface MonitoringParts {
  readonly metrics: Metrics;
  readonly table: SampleTable;
  readonly home: string;
  readonly sampler: Sampler;
  readonly alerts: Pick<AlertParts, 'table' | 'webhook' | 'notify' | 'logger'>;
  readonly traces: Traces;
}

export function createMonitoring({ metrics, table, home, sampler, alerts, traces }: MonitoringParts): Monitoring {
  return {
    alerts: createAlerts({ ...alerts, samples: table, home }),
    record: (sample) => metrics.recorded.record(sample),
    async series(query) {
      // What this process counted a moment ago is asked for now.
      await sampler.flush();
      return readSeries({ table, home }, query);
    },
    async trends() {
      await sampler.flush();
      return readTrends({ table, home, now: new Date() });
    },
    names: (since) => table.names(home, since),
    traces,
  };
}
