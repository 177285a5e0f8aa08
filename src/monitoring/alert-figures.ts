/** What conditions of alerts may name: figures of the platform over the alert's duration, and every metric under its own name. */
import type { SampleKind, SampleLabels, SampleWindow } from '../store/sample-table';
import type { MetricName, MetricTerms } from './metric-list';
import { METRIC_ALIASES, METRICS } from './metric-list';

export interface AlertFigure {
  readonly help: string;
  /** `happened`: over the alert's duration. `stands`: now. */
  readonly kind: 'happened' | 'stands';
  readonly metric: string;
  /** Undefined: there is nothing that it could be computed from. */
  readonly read: (window: SampleWindow) => number | undefined;
  /** The same in Prometheus' language, `[d]` standing for the duration. */
  readonly query: string;
}

type Where = (labels: SampleLabels) => boolean;
const ANY: Where = () => true;
const FAILED: Where = ({ status }) => status === 'failed';
const CALL_FAILED: Where = ({ outcome }) => outcome !== 'completed' && outcome !== 'cancelled';
const SERVER_FAULT: Where = ({ status = '' }) => status.startsWith('5');

const EXECUTIONS = 'orchestrator_executions_total';
const CALLS = 'orchestrator_calls_total';
const REQUESTS = 'orchestrator_requests_total';
const FAILED_QUERY = `${EXECUTIONS}{status="failed"}`;
const CALL_FAILED_QUERY = `${CALLS}{outcome!~"completed|cancelled"}`;
const SERVER_FAULT_QUERY = `${REQUESTS}{status=~"5.."}`;

function grown({ growth }: SampleWindow, name: string, where: Where = ANY): number {
  return growth.filter((one) => one.name === name && where(one.labels)).reduce((sum, { value }) => sum + value, 0);
}

function counted(help: string, name: string, where?: Where, query = name): AlertFigure {
  const read: AlertFigure['read'] = (window) => grown(window, name, where);
  return { help, kind: 'happened', metric: name, read, query: `(sum(increase(${query}[d])) or vector(0))` };
}

function percent(help: string, name: string, where: Where, query: string): AlertFigure {
  return {
    help,
    kind: 'happened',
    metric: name,
    read(window) {
      const all = grown(window, name);
      return all > 0 ? (100 * grown(window, name, where)) / all : undefined;
    },
    query: `(100 * (sum(increase(${query}[d])) or vector(0)) / (sum(increase(${name}[d])) > 0))`,
  };
}

function mean(help: string, name: string): AlertFigure {
  return {
    help,
    kind: 'happened',
    metric: name,
    read({ growth }) {
      const shown = growth.filter((one) => one.name === name);
      const count = shown.reduce((sum, one) => sum + (one.count ?? 0), 0);
      return count > 0 ? shown.reduce((sum, one) => sum + one.value, 0) / count : undefined;
    },
    query: `(sum(increase(${name}_sum[d])) / (sum(increase(${name}_count[d])) > 0))`,
  };
}

function standing(help: string, name: string, merge: 'sum' | 'max' | 'last' = mergeOf(name)): AlertFigure {
  const total = merge === 'sum';
  const labels = Object.hasOwn(METRICS, name) ? METRICS[name as MetricName].labels : [];
  return {
    help,
    kind: 'stands',
    metric: name,
    read({ levels }) {
      const values = levels.filter((one) => one.name === name);
      if (values.length === 0) return undefined;
      if (total) return values.reduce((sum, { value }) => sum + value, 0);
      // The same thing told by several processes: by its labels, the largest; then as one.
      const told = new Map<string, number>();
      for (const { labels, value } of values) {
        const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
        told.set(key, Math.max(told.get(key) ?? -Infinity, value));
      }
      return name === BREAKERS || told.size === 1
        ? Math.max(...told.values())
        : [...told.values()].reduce((sum, value) => sum + value, 0);
    },
    query: total
      ? `sum(${name})`
      : name === BREAKERS || labels.length === 0
        ? `max(${name})`
        : `sum(max by (${labels.join(', ')}) (${name}))`,
  };
}

const BREAKERS = 'orchestrator_breaker_open';

function mergeOf(name: string): 'sum' | 'max' | 'last' {
  if (!Object.hasOwn(METRICS, name)) return 'last';
  const terms: MetricTerms = METRICS[name as MetricName];
  return terms.merge ?? 'sum';
}

/** In the order of docs/alerts.md. */
const OWN: Readonly<Record<string, AlertFigure>> = {
  error_rate: percent('Failed executions in percent of those that ended', EXECUTIONS, FAILED, FAILED_QUERY),
  executions: counted('Executions that ended', EXECUTIONS),
  executions_failed: counted('Executions that failed', EXECUTIONS, FAILED, FAILED_QUERY),
  executions_started: counted('Executions that were started', 'orchestrator_executions_started_total'),
  executions_running: standing('Executions that have not ended', 'orchestrator_executions_running'),
  execution_seconds: mean('From start to end of executions, on average', 'orchestrator_execution_duration_seconds'),
  human_tasks_waiting: standing('Executions that wait for a person', 'orchestrator_human_tasks_waiting'),
  call_error_rate: percent('Failed calls in percent', CALLS, CALL_FAILED, CALL_FAILED_QUERY),
  calls: counted('Attempts of calling a provider', CALLS),
  calls_failed: counted('Attempts that failed', CALLS, CALL_FAILED, CALL_FAILED_QUERY),
  calls_held: counted('Calls that waited for a limit', 'orchestrator_calls_held_total'),
  call_seconds: mean('Time of one call, on average', 'orchestrator_call_duration_seconds'),
  retries: counted('Attempts that were not the first', 'orchestrator_call_retries_total'),
  breaker_open: standing('1: the breaker of some provider is open, 0.5: half-open', BREAKERS),
  cost_usd: counted('US dollars that calls have cost', 'orchestrator_call_cost_usd_total'),
  tokens: counted('Tokens that providers have counted', 'orchestrator_call_tokens_total'),
  budget_breaches: counted('Executions that were ended by their budget', 'orchestrator_budget_breaches_total'),
  request_error_rate: percent('Requests answered with 5xx, in percent', REQUESTS, SERVER_FAULT, SERVER_FAULT_QUERY),
  requests: counted('Answered HTTP requests', REQUESTS),
  request_seconds: mean('Time to the answer of a request, on average', 'orchestrator_request_duration_seconds'),
  agent_tasks_failed: counted('Attempts at tasks of agents that failed', 'orchestrator_agent_tasks_failed_total'),
  event_loop_lag_seconds: standing(
    'The worst process’s delay of its event loop, 99th percentile',
    'orchestrator_nodejs_eventloop_lag_p99_seconds',
    'max',
  ),
};

/** The table of docs/alerts.md. */
export const ALERT_FIGURES = OWN;

const figureOf: Readonly<Record<SampleKind, (help: string, name: string) => AlertFigure>> = {
  counter: (help, name) => counted(help, name),
  gauge: (help, name) => standing(help, name),
  histogram: mean,
};

/** The platform's own, by name. */
export const FIGURES: Readonly<Record<string, AlertFigure>> = (() => {
  const metrics = (Object.entries(METRICS) as [MetricName, MetricTerms][]).map(
    ([name, { type, help }]) => [name, figureOf[type](help, name)] as const,
  );
  const all = new Map(metrics);
  const aliases = Object.entries(METRIC_ALIASES).flatMap(([alias, name]) => {
    const figure = all.get(name);
    return figure === undefined ? [] : [[alias, figure] as const];
  });
  return { ...Object.fromEntries([...metrics, ...aliases]), ...OWN };
})();

/** With what programs record, by name. */
export function figuresWith(recorded: ReadonlyMap<string, SampleKind>): Readonly<Record<string, AlertFigure>> {
  const theirs = [...recorded].map(([name, kind]) => [name, figureOf[kind]('Recorded by a program', name)] as const);
  return { ...Object.fromEntries(theirs), ...FIGURES };
}
