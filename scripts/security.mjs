#!/usr/bin/env node
// Writes the matrix of docs/security.md from the table of permissions; a test holds both equal.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { root } from './install.mjs';

await buildIfStale({ log: console.error });
const { withAccessTable } = createRequire(import.meta.url)(path.join(root, 'dist/src/security/access-table.js'));
const file = path.join(root, 'docs', 'security.md');
writeFileSync(file, withAccessTable(readFileSync(file, 'utf8')));
