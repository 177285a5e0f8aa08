/** Counts attempts of calling providers. */
import type { Usage } from '../plan/record';
import type { ToolRegistry } from '../tools/registry';
import type { Metrics } from './metrics';

/** One attempt that has ended. */
export interface CountedCall {
  readonly tool: string;
  /** Empty: none could be called. */
  readonly provider: string;
  /** `completed`, or the type of the problem that it ended in. */
  readonly outcome: string;
  /** Counts from 1. */
  readonly number: number;
  readonly durationMs: number;
  /** Of this attempt alone. */
  readonly usage: Pick<Usage, 'inputTokens' | 'outputTokens' | 'costUsd'>;
}

export interface CallCounter {
  readonly ended: (call: CountedCall) => void;
  /** A call waits until a limit lets it through. */
  readonly held: (tool: string) => void;
}

export function callCounter(metrics: Metrics): CallCounter {
  return {
    ended({ tool, provider: name, outcome, number, durationMs, usage }) {
      const provider = name === '' ? 'none' : name;
      metrics.count('orchestrator_calls_total', { tool, provider, outcome });
      metrics.observe('orchestrator_call_duration_seconds', { tool, provider }, durationMs / 1_000);
      if (number > 1) metrics.count('orchestrator_call_retries_total', { tool, provider });
      metrics.count('orchestrator_call_tokens_total', { provider, direction: 'input' }, usage.inputTokens);
      metrics.count('orchestrator_call_tokens_total', { provider, direction: 'output' }, usage.outputTokens);
      metrics.count('orchestrator_call_cost_usd_total', { provider }, usage.costUsd);
    },
    held: (tool) => metrics.count('orchestrator_calls_held_total', { tool }),
  };
}

const OPENNESS = { closed: 0, 'half-open': 0.5, open: 1 } as const;

/** Shows how this process stands with its providers whenever the numbers are read. */
export function showProviders(metrics: Metrics, registry: Pick<ToolRegistry, 'providers' | 'turnstile'>): void {
  metrics.beforeRead(() => {
    for (const provider of registry.providers()) {
      if (provider.unconfigured !== undefined) continue;
      const { breaker, underWay } = registry.turnstile(provider).standing();
      metrics.set('orchestrator_breaker_open', { provider: provider.name }, OPENNESS[breaker]);
      metrics.set('orchestrator_provider_calls_running', { provider: provider.name }, underWay);
    }
  });
}
