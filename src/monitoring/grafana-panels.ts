/** What the dashboard for Grafana shows, row by row, in Prometheus' language. */

export interface GrafanaPanel {
  readonly title: string;
  /** By what a line is called, `{{label}}` standing for a label: the query. */
  readonly queries: Readonly<Record<string, string>>;
  /** Grafana's name of it; default `short`. */
  readonly unit?: string;
  /** One figure instead of a course. */
  readonly now?: true;
  readonly about?: string;
}

const rate = (metric: string, by: string, where = ''): string =>
  `sum by (${by}) (rate(${metric}${where}[$__rate_interval]))`;
const quantile = (q: number, metric: string, by: string, where = ''): string =>
  `histogram_quantile(${q}, ${rate(`${metric}_bucket`, by === '' ? 'le' : `le, ${by}`, where)})`;
const ofWorkflow = '{workflow=~"$workflow"}';

/** By title. */
export const GRAFANA_ROWS: Readonly<Record<string, readonly GrafanaPanel[]>> = {
  Now: [
    { title: 'Running', queries: { executions: 'max(orchestrator_executions_running)' }, now: true },
    { title: 'Waiting for people', queries: { executions: 'max(orchestrator_human_tasks_waiting)' }, now: true },
    {
      title: 'Failed in the last hour',
      queries: { executions: 'sum(increase(orchestrator_executions_total{status="failed"}[1h])) or vector(0)' },
      now: true,
    },
    {
      title: 'Spent in the last day',
      queries: { dollars: 'sum(increase(orchestrator_call_cost_usd_total[1d])) or vector(0)' },
      unit: 'currencyUSD',
      now: true,
    },
    {
      title: 'Breakers open',
      queries: { providers: 'count(max by (provider) (orchestrator_breaker_open) >= 1) or vector(0)' },
      now: true,
    },
    { title: 'Signed in', queries: { sessions: 'max(orchestrator_sessions_active)' }, now: true },
  ],
  Executions: [
    {
      title: 'Started and ended',
      queries: {
        started: `sum(rate(orchestrator_executions_started_total${ofWorkflow}[$__rate_interval]))`,
        '{{status}}': rate('orchestrator_executions_total', 'status', ofWorkflow),
      },
      unit: 'cps',
    },
    {
      title: 'Failures by type',
      queries: {
        '{{error}}': rate('orchestrator_executions_total', 'error', '{status="failed",workflow=~"$workflow"}'),
      },
      unit: 'cps',
    },
    {
      title: 'From start to end',
      queries: {
        'median {{workflow}}': quantile(0.5, 'orchestrator_execution_duration_seconds', 'workflow', ofWorkflow),
        '95 % {{workflow}}': quantile(0.95, 'orchestrator_execution_duration_seconds', 'workflow', ofWorkflow),
      },
      unit: 's',
    },
    {
      title: 'Steps by kind',
      queries: { '{{kind}} {{status}}': rate('orchestrator_steps_total', 'kind, status', ofWorkflow) },
      unit: 'cps',
    },
    {
      title: 'Ended by their budget',
      queries: { '{{workflow}}': rate('orchestrator_budget_breaches_total', 'workflow', ofWorkflow) },
      unit: 'cps',
    },
    {
      title: 'Cost by definition',
      queries: {
        '{{workflow}}': `sum by (workflow) (increase(orchestrator_execution_cost_usd_total${ofWorkflow}[1h]))`,
      },
      unit: 'currencyUSD',
      about: 'Dollars per hour of executions that have ended',
    },
    {
      title: 'Tokens by definition',
      queries: {
        '{{workflow}} {{direction}}': rate('orchestrator_execution_tokens_total', 'workflow, direction', ofWorkflow),
      },
      unit: 'cps',
    },
  ],
  Providers: [
    {
      title: 'Calls by outcome',
      queries: { '{{provider}} {{outcome}}': rate('orchestrator_calls_total', 'provider, outcome') },
      unit: 'cps',
    },
    {
      title: 'Failed calls',
      queries: {
        '{{provider}}':
          '100 * sum by (provider) (rate(orchestrator_calls_total{outcome!~"completed|cancelled"}[$__rate_interval])) / sum by (provider) (rate(orchestrator_calls_total[$__rate_interval]))',
      },
      unit: 'percent',
    },
    {
      title: 'Time of a call',
      queries: { '95 % {{provider}}': quantile(0.95, 'orchestrator_call_duration_seconds', 'provider') },
      unit: 's',
    },
    {
      title: 'Retries, and calls held by limits',
      queries: {
        'again {{provider}}': rate('orchestrator_call_retries_total', 'provider'),
        'held {{tool}}': rate('orchestrator_calls_held_total', 'tool'),
      },
      unit: 'cps',
    },
    {
      title: 'Breakers',
      queries: { '{{provider}}': 'max by (provider) (orchestrator_breaker_open)' },
      about: '1 open, 0.5 half-open, 0 closed, in whichever process is worst off',
    },
    {
      title: 'Under way',
      queries: { '{{provider}}': 'sum by (provider) (orchestrator_provider_calls_running)' },
    },
    {
      title: 'Cost by provider',
      queries: { '{{provider}}': 'sum by (provider) (increase(orchestrator_call_cost_usd_total[1h]))' },
      unit: 'currencyUSD',
      about: 'Dollars per hour',
    },
    {
      title: 'Tokens by provider',
      queries: { '{{provider}} {{direction}}': rate('orchestrator_call_tokens_total', 'provider, direction') },
      unit: 'cps',
    },
  ],
  Agents: [
    {
      title: 'Running agents',
      queries: { '{{type}}': 'max by (type) (orchestrator_agents)' },
    },
    {
      title: 'Tasks in flight, and room',
      queries: {
        'in flight {{type}}': 'max by (type) (orchestrator_agent_tasks_in_flight)',
        'slots {{type}}': 'max by (type) (orchestrator_agent_slots)',
        'used in agents’ processes {{type}}': 'sum by (type) (orchestrator_agent_slots_used)',
        'free in agents’ processes {{type}}': 'sum by (type) (orchestrator_agent_slots_free)',
      },
    },
    {
      title: 'Tasks done and failed',
      queries: {
        'done {{type}}': rate('orchestrator_agent_tasks_done_total', 'type'),
        'failed {{type}}': rate('orchestrator_agent_tasks_failed_total', 'type'),
      },
      unit: 'cps',
    },
  ],
  'API and processes': [
    { title: 'Requests', queries: { '{{status}}': rate('orchestrator_requests_total', 'status') }, unit: 'reqps' },
    {
      title: 'Time to an answer',
      queries: { '95 % {{route}}': quantile(0.95, 'orchestrator_request_duration_seconds', 'route') },
      unit: 's',
    },
    {
      title: 'Event loop lag',
      queries: { '99 % {{instance}}': 'max by (instance) (orchestrator_nodejs_eventloop_lag_p99_seconds)' },
      unit: 's',
    },
    {
      title: 'Memory',
      queries: { '{{instance}}': 'sum by (instance) (orchestrator_process_resident_memory_bytes)' },
      unit: 'bytes',
    },
    {
      title: 'Processors',
      queries: { '{{instance}}': rate('orchestrator_process_cpu_seconds_total', 'instance') },
      unit: 'percentunit',
    },
    {
      title: 'Connections to PostgreSQL',
      queries: { '{{state}}': 'sum by (state) (orchestrator_database_connections)' },
    },
    {
      title: 'Trouble of the platform itself',
      queries: {
        'settings that could not be used': 'sum(increase(orchestrator_settings_unusable_total[1h]))',
        'folded {{label}}': 'sum by (label) (increase(orchestrator_labels_folded_total[1h]))',
      },
    },
  ],
  'Temporal, as workers see it': [
    {
      title: 'Work waits for a worker',
      queries: {
        'workflow tasks {{task_queue}}': quantile(
          0.95,
          'temporal_workflow_task_schedule_to_start_latency_seconds',
          'task_queue',
        ),
        'calls {{task_queue}}': quantile(0.95, 'temporal_activity_schedule_to_start_latency_seconds', 'task_queue'),
      },
      unit: 's',
      about: '95th percentile; more workers, when it grows',
    },
    {
      title: 'Slots',
      queries: {
        'used {{task_queue}} {{worker_type}}': 'sum by (task_queue, worker_type) (temporal_worker_task_slots_used)',
        'free {{task_queue}} {{worker_type}}':
          'sum by (task_queue, worker_type) (temporal_worker_task_slots_available)',
      },
    },
    {
      title: 'Under way in workers',
      queries: {
        'workflow tasks': 'sum(orchestrator_workflow_tasks_running)',
        calls: 'sum(orchestrator_calls_running)',
      },
    },
    {
      title: 'A workflow task takes',
      queries: { '95 %': quantile(0.95, 'temporal_workflow_task_execution_latency_seconds', '') },
      unit: 's',
    },
    {
      title: 'Failed workflow tasks',
      queries: {
        '{{workflow_type}} {{failure_reason}}': rate(
          'temporal_workflow_task_execution_failed_total',
          'workflow_type, failure_reason',
        ),
      },
      unit: 'cps',
      about: 'They are tried for ever: such executions stand still',
    },
    {
      title: 'Executions in memory',
      queries: {
        cached: 'sum(temporal_sticky_cache_size)',
        'pushed out per second': 'sum(rate(temporal_sticky_cache_total_forced_eviction_total[$__rate_interval]))',
      },
    },
    {
      title: 'Requests to the server',
      queries: { '95 % {{operation}}': quantile(0.95, 'temporal_request_latency_seconds', 'operation') },
      unit: 's',
    },
    {
      title: 'Failed requests to the server',
      queries: { '{{operation}}': rate('temporal_request_failure_total', 'operation') },
      unit: 'cps',
    },
    {
      title: 'Pollers',
      queries: { '{{task_queue}} {{poller_type}}': 'sum by (task_queue, poller_type) (temporal_num_pollers)' },
    },
  ],
};
