#!/usr/bin/env node
// npm run fuzz: a million random expressions and a hundred thousand mutated definitions. SEED=7 repeats a run; the seed is printed.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled, root } from './install.mjs';

const SEED = process.env.SEED ?? String(Math.floor(Math.random() * 1_000_000_000));
/** What hangs is ended, and has failed. */
const BOUND_MS = 30 * 60_000;
const TARGETS = [
  ['expressions', 1_000_000],
  ['definitions', 100_000],
];

function fuzz([name, runs]) {
  const startedAt = Date.now();
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const child = spawn(process.execPath, [jest, `test/fuzz/${name}.test.ts`, '--runInBand', '--silent'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, SEED, RUNS: String(runs) },
    timeout: BOUND_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-20_000)));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
      const passed = code === 0;
      if (!passed) console.error(signal ? `${name}: no end after ${BOUND_MS / 60_000} minutes` : said);
      console.log(`${name}: ${runs} from seed ${SEED} ${passed ? 'passed' : 'failed'} after ${seconds} s`);
      resolve(passed);
    });
  });
}

ensureInstalled();
console.log(`Seed ${SEED}`);
const results = await Promise.all(TARGETS.map(fuzz));
const failed = results.filter((passed) => !passed).length;
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
