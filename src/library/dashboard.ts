/** The dashboard of the specification: metrics, alerts, traces and health, each as a few figures. */
import type { Alerts } from '../monitoring/alerts';
import type { Health, HealthState } from '../monitoring/health';
import { HEALTH_STATES } from '../monitoring/health';
import type { MetricTrend } from '../monitoring/metric-trends';
import type { Monitoring } from '../monitoring/monitoring';
import type { Traces } from '../monitoring/traces';
import type { ToolRegistry } from '../tools/registry';
import { providerStates } from './provider-health';

export interface DashboardData {
  /** By name, the specification's where it has one. */
  readonly metrics: Readonly<Record<string, MetricTrend>>;
  /** `resolved`: fired once, and does not any more. */
  readonly alerts: Readonly<Record<'total' | 'firing' | 'resolved', number>>;
  /** Of executions that began within the last 24 hours, and have ended. */
  readonly traces: {
    readonly total: number;
    /** Percent; 100 when there are none. */
    readonly successRate: number;
    /** Milliseconds; 0 when there are none. */
    readonly averageDuration: number;
  };
  /** What this process stands on, and providers that are configured and can be asked. */
  readonly healthChecks: Readonly<Record<'total' | HealthState, number>>;
}

/** Rejects with `provider-unavailable` when the database does not answer. */
export type Dashboard = () => Promise<DashboardData>;

export interface DashboardParts {
  readonly monitoring: Pick<Monitoring, 'trends'> & {
    readonly alerts: Pick<Alerts, 'list'>;
    readonly traces: Pick<Traces, 'figures'>;
  };
  readonly health: Health;
  readonly registry: Pick<ToolRegistry, 'providers' | 'turnstile'>;
}

const DAY_MS = 24 * 60 * 60_000;

export function createDashboard({ monitoring, health, registry }: DashboardParts): Dashboard {
  const ofProviders = providerStates(registry);
  return async () => {
    const [metrics, alerts, traced, { parts }, providers] = await Promise.all([
      monitoring.trends(),
      monitoring.alerts.list(),
      monitoring.traces.figures(new Date(Date.now() - DAY_MS)),
      health.look(),
      ofProviders(),
    ]);
    const standing = (wanted: string): number => alerts.filter(({ state }) => state === wanted).length;
    const states = [...parts.map(({ state }) => state), ...providers];
    const [healthy, degraded, unhealthy] = HEALTH_STATES.map((one) => states.filter((state) => state === one).length);
    return {
      metrics,
      alerts: { total: alerts.length, firing: standing('firing'), resolved: standing('resolved') },
      traces: {
        total: traced.total,
        successRate: traced.total === 0 ? 100 : rounded((100 * (traced.total - traced.failed)) / traced.total),
        averageDuration: rounded(traced.averageMs),
      },
      healthChecks: {
        total: states.length,
        healthy: healthy ?? 0,
        degraded: degraded ?? 0,
        unhealthy: unhealthy ?? 0,
      },
    };
  };
}

/** To hundredths. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
