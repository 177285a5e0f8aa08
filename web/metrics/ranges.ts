/** Which charts there are, over which times, and how their numbers are read. */
import { duration, plain, usd } from '../format';
import type { Merge } from './series';

const HOUR_MS = 3_600_000;

/** Steps are at least as long as those that samples of that age are kept in. */
export const RANGES = [
  { name: '1h', text: '1 hour', ms: HOUR_MS, stepSeconds: 30 },
  { name: '6h', text: '6 hours', ms: 6 * HOUR_MS, stepSeconds: 300 },
  { name: '1d', text: '1 day', ms: 24 * HOUR_MS, stepSeconds: 900 },
  { name: '7d', text: '7 days', ms: 7 * 24 * HOUR_MS, stepSeconds: 7_200 },
  { name: '30d', text: '30 days', ms: 30 * 24 * HOUR_MS, stepSeconds: 21_600 },
] as const;

export type Range = (typeof RANGES)[number];

export function rangeOf(name: string | undefined): Range {
  return RANGES.find((one) => one.name === name) ?? RANGES[0];
}

export interface ChartTerms {
  readonly title: string;
  /** Of the metric. */
  readonly name: string;
  readonly by: readonly string[];
  readonly merge: Merge;
  readonly format: (value: number) => string;
  /** `name:value,name:value`, as `GET /monitoring/metrics` takes them. */
  readonly labels?: string;
}

const seconds = (value: number): string => duration(value * 1000);
export const CHARTS: readonly ChartTerms[] = [
  {
    title: 'Executions that ended',
    name: 'orchestrator_executions_total',
    by: ['status'],
    merge: 'sum',
    format: plain,
  },
  {
    title: 'Failures',
    name: 'orchestrator_executions_total',
    labels: 'status:failed',
    by: ['error'],
    merge: 'sum',
    format: plain,
  },
  {
    title: 'Executions, mean time',
    name: 'orchestrator_execution_duration_seconds',
    by: ['workflow'],
    merge: 'mean',
    format: seconds,
  },
  { title: 'Executions that run', name: 'orchestrator_executions_running', by: [], merge: 'last', format: plain },
  { title: 'Calls of providers', name: 'orchestrator_calls_total', by: ['provider'], merge: 'sum', format: plain },
  {
    title: 'Calls of providers, mean time',
    name: 'orchestrator_call_duration_seconds',
    by: ['provider'],
    merge: 'mean',
    format: seconds,
  },
  { title: 'Tokens', name: 'orchestrator_call_tokens_total', by: ['direction'], merge: 'sum', format: plain },
  { title: 'Cost', name: 'orchestrator_call_cost_usd_total', by: ['provider'], merge: 'sum', format: usd },
  { title: 'People waited for', name: 'orchestrator_human_tasks_waiting', by: [], merge: 'last', format: plain },
  {
    title: 'Tasks of agents under way',
    name: 'orchestrator_agent_tasks_in_flight',
    by: ['type'],
    merge: 'last',
    format: plain,
  },
];
