/** `getMonitoringSystem()`: what a program records by itself beside what the platform counts. */
import type { MetricTerms } from '../monitoring/metric-list';
import type { Monitoring } from '../monitoring/monitoring';

export interface MonitoringSystem {
  /**
   * A counter grows by `value`, a gauge becomes it, a histogram is shown it. `context` belongs to nobody's labels: it may name people, so
   * it is not kept. Throws `validation` for what Prometheus refuses.
   */
  recordMetric(
    name: string,
    value: number,
    type: MetricTerms['type'],
    labels?: Readonly<Record<string, string>>,
    context?: object,
  ): void;
  setGauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  recordHistogram(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

export function createMonitoringSystem(monitoring: Monitoring): MonitoringSystem {
  return {
    recordMetric: (name, value, type, labels = {}) => monitoring.record({ name, type, value, labels }),
    setGauge: (name, value, labels = {}) => monitoring.record({ name, type: 'gauge', value, labels }),
    recordHistogram: (name, value, labels = {}) => monitoring.record({ name, type: 'histogram', value, labels }),
  };
}
