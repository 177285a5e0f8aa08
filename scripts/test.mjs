#!/usr/bin/env node
// npm test: everything that one machine can prove. `npm test -- test/store` runs only those tests.
import { buildIfStale } from './build.mjs';
import { all, aside, jest } from './checks.mjs';
import { ensureInstalled } from './install.mjs';
import { fetchPrograms } from './programs.mjs';

const only = process.argv.slice(2);

/** They read the sources and nothing else, so they run while the tests wait for servers. */
const BESIDE = [
  ['types', () => aside('typescript#tsc', '--noEmit')],
  ['types of the console', () => aside('typescript#tsc', '--noEmit', '-p', 'web')],
  ['lint', () => aside('eslint', '.', '--max-warnings', '0')],
  ['format', () => aside('prettier', '--check', '--log-level', 'warn', '.')],
  [
    'imports',
    () =>
      aside(
        'dependency-cruiser#depcruise',
        'src',
        'workflows',
        'activities',
        'workers',
        'api',
        'web',
        '--config',
        '.dependency-cruiser.cjs',
      ),
  ],
  ['unused code', () => aside('knip#knip', '--no-progress')],
];

/** Packages, build, servers and models: what the tests stand on. */
async function prepare() {
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
}

try {
  await prepare();
  const tests = only.length > 0 ? ['--', ...only] : [];
  process.exitCode = await all(
    [['tests', () => jest('--selectProjects', 'suite', ...tests)]],
    tests.length > 0 ? [] : BESIDE,
  );
} catch (error) {
  console.error(error.message);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}
