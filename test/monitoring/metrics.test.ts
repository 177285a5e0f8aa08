/** Numbers: what is shown to Prometheus stays bounded, and what is kept adds up. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withMetricTable } from '../../src/monitoring/metric-table';
import { callCounter } from '../../src/monitoring/counted-calls';
import { countEnded } from '../../src/monitoring/counted-executions';
import { createMetrics } from '../../src/monitoring/metrics';
import { MAX_LABEL_VALUES } from '../../src/monitoring/folded-labels';
import { growth, startSampler } from '../../src/monitoring/sampler';
import { readSeries } from '../../src/monitoring/series';
import type { Store } from '../../src/store/store';
import { quiet, testStore } from '../support';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

const HOUR_MS = 3_600_000;
const lastHour = () => ({ from: new Date(Date.now() - HOUR_MS), to: new Date(Date.now() + HOUR_MS) });

test('after ten thousand names a metric has as many series as are told apart, and one for all others', async () => {
  const metrics = createMetrics();
  for (let i = 0; i < 10_000; i += 1)
    metrics.count('orchestrator_executions_started_total', { workflow: `w-${randomUUID()}` });
  const lines = (await metrics.text()).split('\n');
  const of = (name: string): string[] => lines.filter((line) => line.startsWith(`${name}{`));
  expect(of('orchestrator_executions_started_total')).toHaveLength(MAX_LABEL_VALUES + 1);
  expect(lines).toContain(`orchestrator_executions_started_total{workflow="other"} ${10_000 - MAX_LABEL_VALUES}`);
  expect(lines).toContain(`orchestrator_labels_folded_total{label="workflow"} ${10_000 - MAX_LABEL_VALUES}`);
});

test('ten thousand executions and calls, each of a name, an error and an outcome of its own, show no more than the first hundreds', async () => {
  const metrics = createMetrics();
  const calls = callCounter(metrics);
  const usage = { inputTokens: 3, outputTokens: 4, costUsd: 0.5 };
  const run = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      const id = randomUUID();
      countEnded(metrics, {
        ...{ workflow: id, durationMs: 5, usage },
        ...(i % 2 === 0
          ? { status: 'completed' }
          : { status: 'failed', error: i % 4 === 1 ? `app/${id}` : 'budget-exceeded' }),
        steps: [{ kind: 'tool', status: 'completed', count: 2 }],
      });
      calls.ended({ ...{ tool: id, provider: id, outcome: `app/${id}`, number: 2, durationMs: 5, usage } });
      calls.held(id);
      metrics.observeRequest({ method: 'GET', route: '/executions/{id}', status: 200, durationMs: 5 });
    }
  };
  const series = async (): Promise<number> =>
    (await metrics.text()).split('\n').filter((line) => /^orchestrator_(?!nodejs|process)/.test(line)).length;
  run(2_000);
  const early = await series();
  run(8_000);
  expect(await series()).toBe(early);
  const sum = (await metrics.read())
    .find(({ name }) => name === 'orchestrator_executions_total')
    ?.values.reduce((so, { value }) => so + value, 0);
  expect(sum).toBe(10_000);
});

test('what a program records is refused where Prometheus would refuse it, or where it is ours', () => {
  const { recorded } = createMetrics();
  const record = (changes: object) => () =>
    recorded.record({ name: 'visits', type: 'counter', value: 1, labels: {}, ...changes });
  record({})();
  for (const changes of [
    { name: 'two words' },
    { name: 'orchestrator_requests_total' },
    { name: 'temporal_x' },
    { value: NaN },
    { value: -1 },
    { type: 'gauge' },
    { labels: { page: 'a' } },
    { name: 'other', labels: { '9': 'a' } },
    { name: 'another', labels: { le: '1' } },
    { name: 'long', labels: { page: 'x'.repeat(101) } },
    { name: 'many', labels: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`l${i}`, 'x'])) },
  ])
    expect(record(changes)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ type: 'validation' }) }),
    );
});

test('a sample holds what was added since the last one', async () => {
  const metrics = createMetrics();
  metrics.count('orchestrator_calls_held_total', { tool: 'a' }, 3);
  metrics.observe('orchestrator_execution_duration_seconds', { workflow: 'w', status: 'completed' }, 2);
  const ours = (name: string) =>
    name === 'orchestrator_calls_held_total' || name.startsWith('orchestrator_execution_d');
  const take = async (before: ReadonlyMap<string, number>) => {
    const { samples, now } = growth(await metrics.read(), before);
    return { samples: samples.filter(({ name }) => ours(name)), now };
  };
  const first = await take(new Map());
  expect(first.samples).toEqual([
    {
      name: 'orchestrator_execution_duration_seconds',
      labels: { workflow: 'w', status: 'completed' },
      kind: 'growth',
      value: 2,
      count: 1,
    },
    { name: 'orchestrator_calls_held_total', labels: { tool: 'a' }, kind: 'growth', value: 3 },
  ]);
  metrics.count('orchestrator_calls_held_total', { tool: 'a' });
  expect((await take(first.now)).samples).toEqual([
    { name: 'orchestrator_calls_held_total', labels: { tool: 'a' }, kind: 'growth', value: 1 },
  ]);
});

test('the counts of several processes add up, under both names, and what a program recorded is among them', async () => {
  const home = `test ${randomUUID()}`;
  for (const by of [2, 5]) {
    const metrics = createMetrics();
    metrics.count('orchestrator_executions_total', { workflow: 'w', status: 'completed', error: 'none' }, by);
    metrics.count('orchestrator_executions_total', { workflow: 'w', status: 'failed', error: 'timeout' });
    metrics.recorded.record({
      name: 'workflow_executions',
      type: 'counter',
      value: 1,
      labels: { status: 'completed' },
    });
    const sampler = startSampler({ metrics, table: store.samples, home, owner: randomUUID(), logger: quiet });
    await sampler.flush();
    // Nothing is told twice.
    await sampler.stop();
  }
  const ask = (name: string, labels = {}) =>
    readSeries({ table: store.samples, home }, { name, ...lastHour(), labels, stepSeconds: 86_400 });
  const sums = async (name: string, labels = {}) =>
    (await ask(name, labels)).series.map((one) => one.points.reduce((sum, { value }) => sum + value, 0)).sort();
  expect(await sums('workflow_executions', { status: 'success' })).toEqual([2, 7]);
  expect(await sums('orchestrator_executions_total', { status: 'completed' })).toEqual([7]);
  expect(await sums('orchestrator_executions_total', { error: 'timeout' })).toEqual([2]);
  expect(await sums('nobody_counted_this')).toEqual([]);
});

test('what is asked for while a sample is being kept is not kept twice', async () => {
  const home = `test ${randomUUID()}`;
  const metrics = createMetrics();
  metrics.count('orchestrator_calls_held_total', { tool: 'a' }, 3);
  const sampler = startSampler({ metrics, table: store.samples, home, owner: randomUUID(), logger: quiet });
  await Promise.all([sampler.flush(), sampler.flush(), sampler.stop()]);
  const query = { name: 'orchestrator_calls_held_total', ...lastHour(), labels: {}, stepSeconds: 86_400 };
  const { series } = await readSeries({ table: store.samples, home }, query);
  expect(series.flatMap(({ points }) => points.map(({ value }) => value)).reduce((a, b) => a + b, 0)).toBe(3);
});

test('a level of several processes is their sum, their highest, or the last', async () => {
  const home = `test ${randomUUID()}`;
  for (const value of [3, 4]) {
    const level = (name: string) => ({ name, labels: {}, kind: 'level' as const, value });
    await store.samples.keep(home, randomUUID(), 10, [
      level('orchestrator_calls_running'),
      level('orchestrator_executions_running'),
      level('mine'),
    ]);
  }
  const ask = async (name: string) =>
    (await readSeries({ table: store.samples, home }, { name, ...lastHour(), labels: {}, stepSeconds: 86_400 })).series
      .flatMap(({ points }) => points.map(({ value }) => value))
      .at(-1);
  expect(await ask('orchestrator_calls_running')).toBe(7);
  expect(await ask('orchestrator_executions_running')).toBe(4);
  expect([3, 4]).toContain(await ask('mine'));
});

test('old samples become coarser without losing a count, and are dropped in the end', async () => {
  const home = `test ${randomUUID()}`;
  const sum = async () =>
    (
      await readSeries(
        { table: store.samples, home },
        { name: 'visits', ...lastHour(), from: new Date(0), labels: {}, stepSeconds: 86_400 },
      )
    ).series.flatMap(({ points }) => points.map(({ value, count }) => [value, count]));
  for (let i = 0; i < 3; i += 1)
    await store.samples.keep(home, randomUUID(), 10, [
      { name: 'visits', labels: {}, kind: 'growth', value: 4, count: 2 },
    ]);
  // An age in the future is that of everything.
  expect(await store.samples.roll(home, 10, 300, -HOUR_MS)).toBe(true);
  expect(await store.samples.roll(home, 300, 3_600, -HOUR_MS)).toBe(true);
  expect(await sum()).toEqual([[2, 6]]);
  await store.samples.drop(home, 3_600, -2 * HOUR_MS);
  expect(await sum()).toEqual([]);
});

test('docs/metrics.md holds the table of all metrics', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/metrics.md'), 'utf8');
  const bare = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
  expect(bare(page)).toBe(bare(withMetricTable(page)));
});
