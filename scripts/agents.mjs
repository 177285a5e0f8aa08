#!/usr/bin/env node
// Writes the tables of docs/agents.md from the types of agents; a test holds both equal.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { root } from './install.mjs';

await buildIfStale({ log: console.error });
const load = (file) => createRequire(import.meta.url)(path.join(root, 'dist', 'src', 'agents', 'types', file));
const { createAgentTypes } = load('types.js');
const { withTypeTables } = load('type-table.js');
const file = path.join(root, 'docs', 'agents.md');
// What they work with is not asked here.
writeFileSync(file, withTypeTables(readFileSync(file, 'utf8'), createAgentTypes({})));
