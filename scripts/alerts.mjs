#!/usr/bin/env node
// Writes the built-in alerts as a file of rules for Prometheus; a test holds both equal.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { root } from './install.mjs';

await buildIfStale({ log: console.error });
const { prometheusRules } = createRequire(import.meta.url)(path.join(root, 'dist/src/monitoring/prometheus-rules.js'));
const folder = path.join(root, 'deploy', 'prometheus');
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'alerts.yaml'), prometheusRules());
