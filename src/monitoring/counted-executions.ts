/** Counts executions that have ended, as workers are told of them. */
import type { EndedExecution } from '../plan/ended';
import type { Metrics } from './metrics';

export function countEnded(metrics: Metrics, execution: EndedExecution): void {
  const { workflow, status, error = 'none', durationMs, usage, steps } = execution;
  metrics.count('orchestrator_executions_total', { workflow, status, error });
  metrics.observe('orchestrator_execution_duration_seconds', { workflow, status }, durationMs / 1_000);
  for (const { kind, status: ended, count } of steps)
    metrics.count('orchestrator_steps_total', { workflow, kind, status: ended }, count);
  if (error === 'budget-exceeded') metrics.count('orchestrator_budget_breaches_total', { workflow });
  metrics.count('orchestrator_execution_tokens_total', { workflow, direction: 'input' }, usage.inputTokens);
  metrics.count('orchestrator_execution_tokens_total', { workflow, direction: 'output' }, usage.outputTokens);
  metrics.count('orchestrator_execution_cost_usd_total', { workflow }, usage.costUsd);
}
