#!/usr/bin/env node
// The faults suite: real processes are killed, ports are taken, servers hang. One file at a time, because each wants the machine to itself; then many more random definitions than npm test tries.
import { buildIfStale } from './build.mjs';
import { all, jest } from './checks.mjs';
import { ensureInstalled } from './install.mjs';
import { fetchPrograms } from './programs.mjs';

try {
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
  process.exitCode = await all([
    ['faults', () => jest('--selectProjects', 'faults', '--runInBand')],
    [
      'random definitions',
      () => {
        process.env.RUNS ??= '1000';
        return jest(
          '--selectProjects',
          'suite',
          '--runInBand',
          '--',
          'test/interpreter/(budget|random|agent-loop).property',
        );
      },
    ],
  ]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
