#!/usr/bin/env node
// Runs every story in examples/, or those that are named: each folder's run.ts must end with 0.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { all, node } from './checks.mjs';
import { ensureInstalled, root } from './install.mjs';
import { fetchPrograms } from './programs.mjs';

const named = process.argv.slice(2);

/** @returns {string[]} names of folders */
function stories() {
  const known = readdirSync(path.join(root, 'examples')).filter((name) =>
    existsSync(path.join(root, 'examples', name, 'run.ts')),
  );
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no story ${unknown}. Stories: ${known.join(', ')}.`);
  return named.length > 0 ? named : known;
}

try {
  const chosen = stories();
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
  process.exitCode = await all(chosen.map((name) => [name, () => node(`./dist/examples/${name}/run.js`)]));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
