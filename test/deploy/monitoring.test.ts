/** What is shipped for Grafana, Prometheus and a collector names metrics, labels, roles and parts that there are. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { grafanaDashboard } from '../../src/monitoring/grafana-dashboard';
import { GRAFANA_ROWS } from '../../src/monitoring/grafana-panels';
import type { MetricName, MetricTerms } from '../../src/monitoring/metric-list';
import { METRICS } from '../../src/monitoring/metric-list';
import { createMetrics } from '../../src/monitoring/metrics';
import { grants, isRole } from '../../src/security/roles';
import { at, documents, ROOT } from './schema';

const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const queries = Object.values(GRAFANA_ROWS).flatMap((row) => row.flatMap((panel) => Object.entries(panel.queries)));
const metricOf = (query: string): string => /(orchestrator|temporal)_\w+/.exec(query)?.[0] ?? '';

test('the dashboard that is shipped is the one that is written', () => {
  expect(JSON.parse(read('deploy/grafana/omni-mcp.json'))).toEqual(JSON.parse(grafanaDashboard()));
});

test('it asks for metrics that there are, by labels that they have, and for all of ours', async () => {
  const shown = new Map((await createMetrics().read()).map(({ name, type }) => [name, String(type)]));
  const documented = read('docs/metrics.md');
  const asked = new Set<string>();
  for (const [legend, query] of queries) {
    const named = metricOf(query);
    const name = named.replace(/_bucket$/, '');
    asked.add(name);
    if (named !== name && !name.startsWith('temporal_')) expect([name, shown.get(name)]).toEqual([name, 'histogram']);
    if (name.startsWith('temporal_')) expect(documented).toContain(`\`${name}\``);
    else expect([query, shown.has(name)]).toEqual([query, true]);
    const by = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));
    const where = [...query.matchAll(/[{,](\w+)(?:=|!=|=~|!~)"/g)].map(([, label]) => label);
    const inLegend = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    expect(by).toEqual(expect.arrayContaining(inLegend));
    if (!Object.hasOwn(METRICS, name)) continue;
    const { labels }: MetricTerms = METRICS[name as MetricName];
    expect([...labels, 'le', 'instance']).toEqual(expect.arrayContaining([...by, ...where]));
  }
  expect(Object.keys(METRICS).filter((name) => !asked.has(name))).toEqual([]);
});

test('whoever reads the metrics has a role that may, and shows its key where one is asked for', () => {
  for (const [file, ...place] of [
    ['deploy/prometheus/prometheus.yaml', 'scrape_configs'],
    ['deploy/otel/collector.yaml', 'receivers', 'prometheus', 'config', 'scrape_configs'],
  ] as const) {
    const role = /omni keys create --role (\w+)/.exec(read(file))?.[1] ?? '';
    expect([file, isRole(role) && grants([role], 'metrics:read')]).toEqual([file, true]);
    const jobs = at(documents(file)[0], ...place);
    expect(jobs).toEqual([
      expect.objectContaining({
        job_name: 'omni-api',
        authorization: { type: 'Bearer', credentials_file: expect.stringMatching(/omni-metrics-key$/) },
      }),
      expect.objectContaining({ job_name: 'omni-workers' }),
    ]);
  }
  expect(at(documents('deploy/prometheus/prometheus.yaml')[0], 'rule_files')).toEqual(['alerts.yaml']);
});

test('the collector’s pipelines name only what it has, and all of it', () => {
  const collector = documents('deploy/otel/collector.yaml')[0];
  const pipelines = Object.values(at(collector, 'service', 'pipelines') as Record<string, Record<string, string[]>>);
  for (const kind of ['receivers', 'processors', 'exporters']) {
    const named = new Set(pipelines.flatMap((pipeline) => pipeline[kind] ?? []));
    expect([...named].sort()).toEqual(Object.keys(at(collector, kind) as object).sort());
  }
  expect(at(collector, 'service', 'extensions')).toEqual(Object.keys(at(collector, 'extensions') as object));
});
