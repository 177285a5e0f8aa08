/**
 * Every number that this platform shows: docs/metrics.md is made from this list. Labels come from closed lists, or are names that
 * operators give (definitions, tools, providers), of which only so many are told apart.
 */

export interface MetricTerms {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the unit of the name. */
  readonly buckets?: readonly number[];
  /** How the gauges of several processes make one; default: their sum. */
  readonly merge?: 'max' | 'last';
}

const SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800] as const;

export const METRICS = {
  orchestrator_requests_total: {
    type: 'counter',
    help: 'Answered HTTP requests',
    labels: ['method', 'route', 'status'],
  },
  orchestrator_request_duration_seconds: {
    type: 'histogram',
    help: 'Time to the answer of an HTTP request',
    labels: ['method', 'route'],
    buckets: SECONDS,
  },
  orchestrator_executions_started_total: {
    type: 'counter',
    help: 'Executions that this process has asked Temporal to start',
    labels: ['workflow'],
  },
  orchestrator_executions_total: {
    type: 'counter',
    help: 'Executions that have ended, by the type of the problem that ended them',
    labels: ['workflow', 'status', 'error'],
  },
  orchestrator_execution_duration_seconds: {
    type: 'histogram',
    help: 'From the start of an execution to its end',
    labels: ['workflow', 'status'],
    buckets: SECONDS,
  },
  orchestrator_steps_total: {
    type: 'counter',
    help: 'Steps of executions that have ended',
    labels: ['workflow', 'kind', 'status'],
  },
  orchestrator_budget_breaches_total: {
    type: 'counter',
    help: 'Executions that were ended by their budget',
    labels: ['workflow'],
  },
  orchestrator_execution_tokens_total: {
    type: 'counter',
    help: 'Tokens of executions that have ended',
    labels: ['workflow', 'direction'],
  },
  orchestrator_execution_cost_usd_total: {
    type: 'counter',
    help: 'US dollars that ended executions have spent',
    labels: ['workflow'],
  },
  orchestrator_calls_total: {
    type: 'counter',
    help: 'Attempts of calling a provider, by the type of the problem that they ended in',
    labels: ['tool', 'provider', 'outcome'],
  },
  orchestrator_call_duration_seconds: {
    type: 'histogram',
    help: 'Time of one attempt of calling a provider',
    labels: ['tool', 'provider'],
    buckets: SECONDS,
  },
  orchestrator_call_retries_total: {
    type: 'counter',
    help: 'Attempts that were not the first of their call',
    labels: ['tool', 'provider'],
  },
  orchestrator_call_tokens_total: {
    type: 'counter',
    help: 'Tokens that providers have counted',
    labels: ['provider', 'direction'],
  },
  orchestrator_call_cost_usd_total: {
    type: 'counter',
    help: 'US dollars that calls have cost',
    labels: ['provider'],
  },
  orchestrator_calls_held_total: {
    type: 'counter',
    help: 'Calls that waited because a limit of ours or of the provider shut the door',
    labels: ['tool'],
  },
  orchestrator_breaker_open: {
    type: 'gauge',
    help: 'Breakers of providers in this process: 1 open, 0.5 half-open, 0 closed',
    labels: ['provider'],
    merge: 'max',
  },
  orchestrator_provider_calls_running: {
    type: 'gauge',
    help: 'Calls of a provider under way in this process',
    labels: ['provider'],
  },
  orchestrator_workflow_tasks_running: { type: 'gauge', help: 'Workflow tasks under way', labels: [] },
  orchestrator_calls_running: { type: 'gauge', help: 'Calls of tools under way', labels: [] },
  orchestrator_executions_running: {
    type: 'gauge',
    help: 'Executions that have not ended, as Temporal counts them',
    labels: [],
    merge: 'max',
  },
  orchestrator_human_tasks_waiting: {
    type: 'gauge',
    help: 'Executions that wait for a person',
    labels: [],
    merge: 'max',
  },
  orchestrator_sessions_active: {
    type: 'gauge',
    help: 'Sign-ins of browsers that are valid now',
    labels: [],
    merge: 'max',
  },
  orchestrator_agents: { type: 'gauge', help: 'Agents that run', labels: ['type'], merge: 'max' },
  orchestrator_agent_slots: {
    type: 'gauge',
    help: 'Tasks that running agents work on at once',
    labels: ['type'],
    merge: 'max',
  },
  orchestrator_agent_tasks_in_flight: {
    type: 'gauge',
    help: 'Tasks that running agents work on now',
    labels: ['type'],
    merge: 'max',
  },
  orchestrator_agent_slots_used: { type: 'gauge', help: 'Tasks that agents of this process work on', labels: ['type'] },
  orchestrator_agent_slots_free: {
    type: 'gauge',
    help: 'Tasks that agents of this process could take',
    labels: ['type'],
  },
  orchestrator_agent_tasks_done_total: {
    type: 'counter',
    help: 'Tasks that agents of this process have done',
    labels: ['type'],
  },
  orchestrator_agent_tasks_failed_total: {
    type: 'counter',
    help: 'Attempts at tasks that failed',
    labels: ['type'],
  },
  orchestrator_database_connections: {
    type: 'gauge',
    help: 'Connections of this process to PostgreSQL',
    labels: ['state'],
  },
  orchestrator_settings_unusable_total: {
    type: 'counter',
    help: 'Versions of settings and flags in the database that could not be used',
    labels: [],
  },
  orchestrator_labels_folded_total: {
    type: 'counter',
    help: 'Observations whose label became `other`, because so many of it were seen before',
    labels: ['label'],
  },
} as const satisfies Readonly<Record<string, MetricTerms>>;

export type MetricName = keyof typeof METRICS;
export type MetricOf<T extends MetricTerms['type']> = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never;
}[MetricName];
/** All of the metric's labels, and no other. */
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof METRICS)[N]['labels'][number], string>>;

/**
 * The names of the specification for what we count under other names: `/monitoring/*` answers to both, and what a program records itself
 * under such a name is added.
 */
export const METRIC_ALIASES = {
  workflow_executions: 'orchestrator_executions_total',
  workflow_duration: 'orchestrator_execution_duration_seconds',
  active_sessions: 'orchestrator_sessions_active',
} as const satisfies Readonly<Record<string, MetricName>>;
