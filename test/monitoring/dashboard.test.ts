/** The dashboard: what each figure is made of, against PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DashboardParts } from '../../src/library/dashboard';
import { createDashboard } from '../../src/library/dashboard';
import { createHealth } from '../../src/monitoring/health';
import { readTrends } from '../../src/monitoring/metric-trends';
import type { Sample } from '../../src/store/sample-table';
import type { Store } from '../../src/store/store';
import type { Provider } from '../../src/tools/tool';
import { ToolRegistry } from '../../src/tools/registry';
import { quiet, testStore } from '../support';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

const HOUR_MS = 3_600_000;
/** Long enough after the last sample, and within a minute of it. */
const soon = () => new Date(Date.now() + 20_000);

const grown = (name: string, labels: Record<string, string>, value: number, count?: number): Sample => ({
  ...{ name, labels, kind: 'growth', value },
  ...(count !== undefined && { count }),
});
const level = (name: string, value: number): Sample => ({ name, labels: {}, kind: 'level', value });

test('a metric tells of its last hour, and how that differs from the hour before', async () => {
  const home = `test ${randomUUID()}`;
  const keep = (...samples: Sample[]) => store.samples.keep(home, randomUUID(), 10, samples);
  await keep(
    grown('orchestrator_executions_total', { workflow: 'w', status: 'completed', error: 'none' }, 4),
    grown('orchestrator_executions_total', { workflow: 'w', status: 'failed', error: 'timeout' }, 1),
    grown('orchestrator_execution_duration_seconds', { workflow: 'w', status: 'completed' }, 9, 3),
    level('orchestrator_sessions_active', 42),
    level('temperature', 7),
  );
  // Two processes see the same sign-ins.
  await keep(level('orchestrator_sessions_active', 42));
  const trends = await readTrends({ table: store.samples, home, now: soon() });
  expect(trends).toMatchObject({
    workflow_executions: { latest: 5, trend: 5 },
    workflow_duration: { latest: 3, trend: 0 },
    active_sessions: { latest: 42, trend: 0 },
    temperature: { latest: 7, trend: 0 },
    orchestrator_calls_total: { latest: 0, trend: 0 },
  });
  // Nothing is known of them.
  expect(trends).not.toHaveProperty('orchestrator_human_tasks_waiting');
  expect(trends).not.toHaveProperty('orchestrator_request_duration_seconds');
  const later = await readTrends({ table: store.samples, home, now: new Date(soon().getTime() + HOUR_MS) });
  expect(later).toMatchObject({ workflow_executions: { latest: 0, trend: -5 } });
  expect(later).not.toHaveProperty('active_sessions');
});

test('figures of alerts and traces; health checks count what the process stands on and whoever can be asked; a provider without a key is not among them', async () => {
  const provider = (name: string, more: Partial<Provider>): Provider => ({
    ...{ name, title: name, variables: [], tools: {} },
    ...more,
  });
  let asked = 0;
  const registry = new ToolRegistry(
    [],
    [
      provider('well', { probe: () => Promise.resolve(void (asked += 1)) }),
      provider('gone', { probe: () => Promise.reject(new Error('gone')) }),
      provider('keyless', { unconfigured: 'It has no key.', probe: () => Promise.resolve() }),
      provider('silent', {}),
    ],
  );
  let traced = { total: 1000, failed: 15, averageMs: 1250.004 };
  const states = ['ok', 'firing', 'resolved', 'resolved'] as const;
  const monitoring = {
    alerts: { list: () => Promise.resolve(states.map((state) => ({ state }))) },
    trends: () => Promise.resolve({ workflow_executions: { latest: 150, trend: 5 } }),
    traces: { figures: () => Promise.resolve(traced) },
  } as unknown as DashboardParts['monitoring'];
  const health = createHealth(
    [
      { name: 'database', needed: true, ask: () => Promise.resolve() },
      { name: 'definitions', needed: false, ask: () => Promise.reject(new Error('gone')) },
    ],
    { logger: quiet },
  );
  const dashboard = createDashboard({ monitoring, registry, health });
  expect(await dashboard()).toEqual({
    metrics: { workflow_executions: { latest: 150, trend: 5 } },
    alerts: { total: 4, firing: 1, resolved: 2 },
    traces: { total: 1000, successRate: 98.5, averageDuration: 1250 },
    healthChecks: { total: 4, healthy: 2, degraded: 1, unhealthy: 1 },
  });
  // Vendors are not asked with every look.
  traced = { total: 0, failed: 0, averageMs: 0 };
  expect((await dashboard()).traces).toEqual({ total: 0, successRate: 100, averageDuration: 0 });
  expect(asked).toBe(1);
});
