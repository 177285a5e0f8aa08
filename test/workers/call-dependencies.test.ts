/** What every worker hands to the activity that calls providers. */
import { expect, test } from '@jest/globals';
import { createMetrics } from '../../src/monitoring/metrics';
import { NO_USAGE } from '../../src/plan/record';
import { ToolRegistry } from '../../src/tools/registry';
import { callDependencies } from '../../workers/call-dependencies';
import { quiet } from '../support';

test('calls are counted wherever there are metrics, and only there', async () => {
  const metrics = createMetrics();
  const parts = { store: { blobs: {} as never }, registry: new ToolRegistry([], []), logger: quiet };
  expect(callDependencies(parts).calls).toBeUndefined();
  const { calls } = callDependencies({ ...parts, metrics });
  calls?.ended({ tool: 'a.b', provider: 'p', outcome: 'timeout', number: 2, durationMs: 5, usage: NO_USAGE });
  const text = await metrics.text();
  expect(text).toContain('orchestrator_calls_total{tool="a.b",provider="p",outcome="timeout"} 1');
  expect(text).toContain('orchestrator_call_retries_total{tool="a.b",provider="p"} 1');
});
