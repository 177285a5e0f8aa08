/** `getMonitoringSystem()`: what a program records by itself beside what the platform counts. */
import type { Config } from '../config';
import type { MetricTerms } from '../monitoring/metric-list';
import type { NewAlert } from '../monitoring/alert-rule';
import { AlertRule } from '../monitoring/alert-rule';
import type { AlertView } from '../monitoring/alerts';
import { createClean, secretsIn } from '../monitoring/clean-text';
import type { Monitoring } from '../monitoring/monitoring';
import type { Dashboard, DashboardData } from './dashboard';
import type { ProgramTraces } from '../monitoring/program-traces';
import { createProgramTraces } from '../monitoring/program-traces';
import { faultsOf, invalid } from './faults';
import type { Tracing } from '../tracing/tracing';

export interface MonitoringSystem extends ProgramTraces {
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
  /** Makes it, or replaces the one of that id. Rejects with `validation`, which says where a condition is wrong. */
  createAlert(alert: NewAlert): Promise<AlertView>;
  /** Metrics, alerts, traces and health in figures, as `GET /monitoring/dashboard`. Rejects with `provider-unavailable` without a database. */
  getDashboardData(): Promise<DashboardData>;
}

interface MonitoringSystemParts {
  readonly monitoring: Monitoring;
  readonly tracing: Tracing;
  readonly config: Pick<Config, 'variables'>;
}

export function createMonitoringSystem(
  { monitoring, tracing, config }: MonitoringSystemParts,
  dashboard: Dashboard,
): MonitoringSystem {
  const clean = createClean(secretsIn(config.variables));
  return {
    ...createProgramTraces({ tracing, clean, now: () => Date.now() }),
    recordMetric: (name, value, type, labels = {}) => monitoring.record({ name, type, value, labels }),
    async createAlert(given) {
      const parsed = AlertRule.safeParse(given);
      if (!parsed.success) throw invalid('The alert', faultsOf(parsed.error));
      return (await monitoring.alerts.put(parsed.data, 'library')).alert;
    },
    getDashboardData: dashboard,
    setGauge: (name, value, labels = {}) => monitoring.record({ name, type: 'gauge', value, labels }),
    recordHistogram: (name, value, labels = {}) => monitoring.record({ name, type: 'histogram', value, labels }),
  };
}
