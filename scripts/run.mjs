#!/usr/bin/env node
// Builds when something changed and runs a built file: node scripts/run.mjs workers/main.js engine
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { foreground } from './foreground.mjs';
import { ensureInstalled, root } from './install.mjs';

const [file, ...args] = process.argv.slice(2);
try {
  ensureInstalled();
  // What is built is not what the program prints: it goes to the other stream.
  await buildIfStale({ log: console.error });
  process.exitCode = await foreground(path.join(root, 'dist', file), args).ended;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
