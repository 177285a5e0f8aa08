/** Temporal's own metrics beside ours: on a real runtime, with a port in use, under a variable that redirects OpenTelemetry, and after its end. */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createMetrics } from '../../src/monitoring/metrics';
import type { Plan } from '../../src/plan/plan';
import { freePort } from '../../src/store/port';
import { beginWithMetrics, readSdkMetrics } from '../../workers/sdk-metrics';
import type { Harness } from '../support';
import { harness, quiet } from '../support';

const plan: Plan = {
  schemaVersion: 1,
  id: 'still',
  name: 'Still',
  version: '1.0.0',
  hash: 'test',
  events: [],
  input: { type: 'object' },
  steps: [],
  guards: { budget: {}, security: { piiRedaction: false, encryption: false } },
};

const taken = createServer();
let ground: Harness;
beforeAll(async () => {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'http://127.0.0.1:9';
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const ports = [(taken.address() as AddressInfo).port, await freePort()];
  beginWithMetrics(
    (metrics) =>
      Runtime.install({
        shutdownSignals: [],
        logger: new DefaultLogger('ERROR'),
        telemetryOptions: { logging: { forward: {} }, ...(metrics && { metrics }) },
      }),
    quiet,
    ports,
  );
  ground = await harness({ providers: [] });
});
afterAll(() => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  taken.close();
});

test('the SDK counts on the first port that can be had, beside ours, no name twice; without it ours come alone', async () => {
  await (await ground.start(plan, {})).result();
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const metrics = createMetrics();
  metrics.count('orchestrator_calls_held_total', { tool: 'a' });
  metrics.beside(() => readSdkMetrics(logger));
  const text = await metrics.text();
  expect(text).toContain('orchestrator_calls_held_total{tool="a"} 1\n');
  expect(text).toMatch(/^temporal_workflow_completed_total\{.*workflow_type="still"\} 1$/m);
  expect(text).toMatch(/^temporal_workflow_task_execution_latency_seconds_bucket\{.*le="0\.01"\}/m);
  const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(lines).toEqual([]);

  // Nobody uses the runtime any more, so it ends.
  await ground.close();
  for (let again = 0; again < 2; again += 1)
    expect(await metrics.text()).toMatch(/orchestrator_calls_held_total\{tool="a"\} 1\n(?![^]*temporal_)/);
  expect(lines).toHaveLength(1);
}, 60_000);

test('where no port can be had the runtime begins without metrics, and the log says so', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const begun: boolean[] = [];
  beginWithMetrics(
    (metrics) => {
      begun.push(metrics !== undefined);
      if (metrics) throw new Error('Failed to start prometheus metrics exporter: Address already in use (os error 98)');
    },
    logger,
    [1, 2],
  );
  expect(begun).toEqual([true, true, false]);
  expect(lines.join('')).toContain('no port could be had');
  expect(await readSdkMetrics(logger)).toBe('');
  const other = new Error('something else');
  expect(() =>
    beginWithMetrics(() => {
      throw other;
    }, logger),
  ).toThrow(other);
});
