/** The rules that are there without anybody's doing; a rule that is given under the same id takes the place of one. */
import type { NewAlert } from './alert-rule';
import { AlertRule } from './alert-rule';

const EVERYWHERE = ['log', 'notify', 'webhook'] as const;

const RULES: readonly Omit<NewAlert, 'actions'>[] = [
  {
    id: 'omni-error-rate',
    name: 'Executions fail',
    description: 'More than a tenth of the executions of the last five minutes failed.',
    condition: 'error_rate > threshold && executions >= 5',
    threshold: 10,
    severity: 'high',
  },
  {
    id: 'omni-calls-fail',
    name: 'Calls of providers fail',
    description: 'More than half of the calls of the last five minutes failed.',
    condition: 'call_error_rate > threshold && calls >= 10',
    threshold: 50,
    severity: 'high',
  },
  {
    id: 'omni-breaker-open',
    name: 'A provider is shut out',
    description: 'A breaker has been open for two minutes: the provider fails, and is not called.',
    condition: 'breaker_open >= 1',
    severity: 'high',
    duration: 120,
  },
  {
    id: 'omni-budget-breaches',
    name: 'Budgets end executions',
    description: 'An execution of the last five minutes was ended by its budget.',
    condition: 'budget_breaches > 0',
    severity: 'medium',
  },
  {
    id: 'omni-people-waited-for',
    name: 'Executions wait for people',
    description: 'For four hours there was always an execution that waited for a person.',
    condition: 'human_tasks_waiting > 0',
    severity: 'low',
    duration: 4 * 3_600,
  },
  {
    id: 'omni-requests-fail',
    name: 'The API fails',
    description: 'More than a twentieth of the requests of the last five minutes were answered with 5xx.',
    condition: 'request_error_rate > threshold && requests >= 20',
    threshold: 5,
    severity: 'high',
  },
  {
    id: 'omni-settings-unusable',
    name: 'A setting cannot be used',
    description: 'A version of a setting or flag cannot be used, and the one before it goes on.',
    condition: 'orchestrator_settings_unusable_total > 0',
    severity: 'medium',
  },
  {
    id: 'omni-event-loop-lag',
    name: 'A process does not keep up',
    description: 'Timers of a process came half a second late or more for two minutes.',
    condition: 'event_loop_lag_seconds > threshold',
    threshold: 0.5,
    severity: 'medium',
    duration: 120,
  },
];

export const BUILT_IN_ALERTS: readonly AlertRule[] = RULES.map((rule) =>
  AlertRule.parse({ ...rule, actions: [...EVERYWHERE] }),
);
