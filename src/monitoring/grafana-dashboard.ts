/** The dashboard for Grafana: `deploy/grafana/omni-mcp.json`, which `node scripts/grafana.mjs` writes. */
import type { GrafanaPanel } from './grafana-panels';
import { GRAFANA_ROWS } from './grafana-panels';

const PANELS_PER_ROW = 3;
const COLUMNS = 24;
const HEIGHT = 8;
const NOW_HEIGHT = 4;

const SOURCE = { type: 'prometheus', uid: '${source}' } as const;

/** The whole file. */
export function grafanaDashboard(): string {
  const panels: object[] = [];
  let y = 0;
  for (const [title, row] of Object.entries(GRAFANA_ROWS)) {
    panels.push({
      ...{ id: panels.length + 1, type: 'row', title, collapsed: false, panels: [] },
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    y += 1;
    const small = row.every(({ now }) => now);
    const [perRow, h] = small ? [row.length, NOW_HEIGHT] : [PANELS_PER_ROW, HEIGHT];
    const w = COLUMNS / perRow;
    row.forEach((panel, i) => {
      const gridPos = { x: (i % perRow) * w, y: y + Math.floor(i / perRow) * h, w, h };
      panels.push({ id: panels.length + 1, ...panelOf(panel), gridPos });
    });
    y += Math.ceil(row.length / perRow) * h;
  }
  const dashboard = {
    ...{ uid: 'omni-mcp', title: 'MCP Orchestrator', tags: ['omni-mcp'], schemaVersion: 39, editable: true },
    ...{ time: { from: 'now-6h', to: 'now' }, refresh: '30s', timezone: '' },
    templating: {
      list: [
        { name: 'source', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
        {
          ...{ name: 'workflow', label: 'Definition', type: 'query', datasource: SOURCE, refresh: 2 },
          query: 'label_values(orchestrator_executions_started_total, workflow)',
          ...{ multi: true, includeAll: true, allValue: '.*', current: { text: 'All', value: '$__all' } },
        },
      ],
    },
    panels,
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function panelOf({ title, queries, unit = 'short', now, about }: GrafanaPanel): object {
  return {
    ...{ title, type: now ? 'stat' : 'timeseries', datasource: SOURCE },
    ...(about !== undefined && { description: about }),
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: now
      ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value', graphMode: 'area' }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: Object.entries(queries).map(([legendFormat, expr], i) => ({
      ...{ refId: String.fromCharCode(65 + i), datasource: SOURCE, expr, legendFormat },
      ...(now ? { instant: true } : { range: true }),
    })),
  };
}
