#!/usr/bin/env node
// npm test: everything that one machine can prove. `npm test -- test/store` runs only those tests.
import { buildIfStale } from './build.mjs';
import { all, jest, node } from './checks.mjs';
import { ensureInstalled } from './install.mjs';
import { fetchPrograms } from './programs.mjs';

const only = process.argv.slice(2);

/** Static checks, then the suite. */
export const CHECKS = [
  ['types', () => node('typescript#tsc', '--noEmit')],
  ['lint', () => node('eslint', '.', '--max-warnings', '0')],
  ['format', () => node('prettier', '--check', '--log-level', 'warn', '.')],
  [
    'imports',
    () =>
      node(
        'dependency-cruiser#depcruise',
        'src',
        'workflows',
        'activities',
        'workers',
        'api',
        '--config',
        '.dependency-cruiser.cjs',
      ),
  ],
  ['unused code', () => node('knip#knip', '--no-progress')],
  ['tests', () => jest('--selectProjects', 'suite')],
];

/** Packages, build, servers and models: what the tests stand on. */
export async function prepare() {
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
}

try {
  await prepare();
  process.exitCode = await all(
    only.length > 0 ? [['tests', () => jest('--selectProjects', 'suite', '--', ...only)]] : CHECKS,
  );
} catch (error) {
  console.error(error.message);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}
