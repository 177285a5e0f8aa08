#!/usr/bin/env node
// Writes the table of docs/metrics.md from the list of metrics; a test holds both equal.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { root } from './install.mjs';

await buildIfStale({ log: console.error });
const { withMetricTable } = createRequire(import.meta.url)(path.join(root, 'dist/src/monitoring/metric-table.js'));
const file = path.join(root, 'docs', 'metrics.md');
writeFileSync(file, withMetricTable(readFileSync(file, 'utf8')));
