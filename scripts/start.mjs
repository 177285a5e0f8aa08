#!/usr/bin/env node
// npm start: installs, builds and fetches what is missing, then runs everything in the foreground. `--watch` starts anew after each change.
import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { foreground } from './foreground.mjs';
import { ensureInstalled, root } from './install.mjs';
import { fetchPrograms } from './programs.mjs';

const rest = process.argv.slice(2);
const main = path.join(root, 'dist', 'src', 'main.js');
const FOLDERS = ['src', 'workflows', 'activities', 'workers', 'api', 'config', 'web'].map((folder) =>
  path.join(root, folder),
);

async function watched() {
  for (;;) {
    const program = foreground(main, rest);
    const watchers = [];
    const changed = new Promise((resolve) => {
      let timer;
      const later = () => {
        clearTimeout(timer);
        timer = setTimeout(() => resolve('changed'), 300);
      };
      for (const folder of FOLDERS.filter(existsSync)) watchers.push(watch(folder, { recursive: true }, later));
    });
    const outcome = await Promise.race([changed, program.ended]);
    watchers.forEach((watcher) => watcher.close());
    if (outcome !== 'changed') return outcome;
    console.log('Something changed: starting anew …');
    program.stop();
    await program.ended;
    await buildIfStale({ log: console.log });
  }
}

try {
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
  process.exitCode = rest.includes('--watch') ? await watched() : await foreground(main, rest).ended;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
