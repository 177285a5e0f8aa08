#!/usr/bin/env node
// Writes the dashboard for Grafana; a test holds it to the metrics that there are.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { root } from './install.mjs';

await buildIfStale({ log: console.error });
const { grafanaDashboard } = createRequire(import.meta.url)(
  path.join(root, 'dist/src/monitoring/grafana-dashboard.js'),
);
const folder = path.join(root, 'deploy', 'grafana');
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'omni-mcp.json'), grafanaDashboard());
