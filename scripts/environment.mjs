#!/usr/bin/env node
// Writes the table of docs/environment.md from src/config/variables.ts; a test holds both equal.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { root } from './install.mjs';

await buildIfStale({ log: console.error });
const { VARIABLES, variableRow } = createRequire(import.meta.url)(
  path.join(root, 'dist', 'src', 'config', 'variables.js'),
);
const file = path.join(root, 'docs', 'environment.md');
const lines = readFileSync(file, 'utf8').split('\n');
const first = lines.findIndex((line) => line.startsWith('| ---')) + 1;
const rows = lines.slice(first).findIndex((line) => !line.startsWith('|'));
lines.splice(first, rows, ...VARIABLES.map(variableRow));
writeFileSync(file, lines.join('\n'));
