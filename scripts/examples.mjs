#!/usr/bin/env node
// Runs every story in examples/: each folder's run.mjs must end with 0.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { all, node } from './checks.mjs';
import { ensureInstalled, root } from './install.mjs';
import { fetchPrograms } from './programs.mjs';

try {
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
  const stories = readdirSync(path.join(root, 'examples')).filter((name) =>
    existsSync(path.join(root, 'examples', name, 'run.mjs')),
  );
  process.exitCode = await all(stories.map((name) => [name, () => node(`./examples/${name}/run.mjs`)]));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
