/** Numbers of this process in Prometheus' text format; what there is stands in `metric-list.ts`. */
import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LabelsOf, MetricName, MetricOf, MetricTerms } from './metric-list';
import { METRICS } from './metric-list';
import { foldedLabels } from './folded-labels';
import type { RecordedMetrics } from './recorded-metrics';
import { recordedMetrics } from './recorded-metrics';

export interface AnsweredRequest {
  readonly method: string;
  /** The declared path, never the one asked for. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** As numbers, for keeping them. */
  read(): Promise<readonly MetricObjectWithValues<MetricValueWithName<string>>[]>;
  count<N extends MetricOf<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void;
  /** In the unit of the metric's name. */
  observe<N extends MetricOf<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void;
  set<N extends MetricOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Forgets a gauge's values: what is not set again is not there. */
  clear(name: MetricOf<'gauge'>): void;
  observeRequest(request: AnsweredRequest): void;
  /** A number that is read at the moment it is asked for; what it cannot be read from counts as 0. */
  gauge(name: MetricOf<'gauge'>, read: () => number): void;
  /** Called before the numbers are read, to set gauges. */
  beforeRead(look: () => void | Promise<void>): void;
  /** What others show of this process in the same format, under names of their own; what it rejects with is left out. */
  beside(read: () => Promise<string>): void;
  /** What a program that uses the library counts by itself. */
  readonly recorded: RecordedMetrics;
}

/** Labels whose values somebody makes up, problems of definitions among them; all others come from lists in the code. */
const OPEN_LABELS: readonly string[] = ['workflow', 'tool', 'provider', 'type', 'error', 'outcome'];

const PREFIX = 'orchestrator_';
/** Gauges with the ending of counters, which Prometheus' checker refuses; the same stands by type under the names without it. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  for (const name of MISNAMED) registry.removeSingleMetric(PREFIX + name);
  const looks: (() => void | Promise<void>)[] = [];
  const besides: (() => Promise<string>)[] = [];
  const made = new Map<MetricName, Counter | Gauge | Histogram>();
  for (const [name, terms] of Object.entries(METRICS) as [MetricName, MetricTerms][])
    made.set(name, metricOf(name, terms, registry));
  const folded = (label: string): void => (made.get('orchestrator_labels_folded_total') as Counter).inc({ label });
  const fold = foldedLabels((label) => OPEN_LABELS.includes(label), folded);
  const look = async (): Promise<void> => {
    // What cannot be looked at now must not hide the rest.
    await Promise.allSettled(looks.map(async (one) => one()));
  };
  const metrics: Metrics = {
    contentType: registry.contentType,
    async text() {
      await look();
      const [ours, ...theirs] = await Promise.all([registry.metrics(), ...besides.map((read) => read())]);
      return [ours, ...theirs].join('');
    },
    async read() {
      await look();
      return registry.getMetricsAsJSON();
    },
    count(name, labels, by = 1) {
      (made.get(name) as Counter).inc(fold(name, labels), by);
    },
    observe(name, labels, value) {
      (made.get(name) as Histogram).observe(fold(name, labels), value);
    },
    set(name, labels, value) {
      (made.get(name) as Gauge).set(fold(name, labels), value);
    },
    clear: (name) => (made.get(name) as Gauge).reset(),
    observeRequest({ method, route, status, durationMs }) {
      metrics.count('orchestrator_requests_total', { method, route, status: String(status) });
      metrics.observe('orchestrator_request_duration_seconds', { method, route }, durationMs / 1000);
    },
    gauge(name, read) {
      looks.push(() => (made.get(name) as Gauge).set(read()));
    },
    beforeRead: (one) => void looks.push(one),
    beside: (read) => void besides.push(() => read().catch(() => '')),
    recorded: recordedMetrics(registry, folded),
  };
  return metrics;
}

function metricOf(name: string, { type, help, labels, buckets }: MetricTerms, registry: Registry) {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === 'counter') return new Counter(options);
  if (type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, ...(buckets === undefined ? {} : { buckets: [...buckets] }) });
}
