#!/usr/bin/env node
// Writes the tables of docs/providers.md from the providers; a test holds both equal.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { root } from './install.mjs';

await buildIfStale({ log: console.error });
const load = (file) => createRequire(import.meta.url)(path.join(root, 'dist', 'src', file));
const { createProviders } = load('providers/providers.js');
const { providerTables, withTables } = load('providers/provider-tables.js');
const { CONTRACTS } = load('tools/contracts.js');
const file = path.join(root, 'docs', 'providers.md');
const providers = createProviders({ modelsDir: '', definitionsDir: '', variables: {} });
writeFileSync(file, withTables(readFileSync(file, 'utf8'), providerTables(providers, CONTRACTS)));
