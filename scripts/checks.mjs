// Runs commands one after the other, shows what they print, and counts: the checks of `npm test` and of .ci/run.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './install.mjs';

/** @returns {Promise<number>} exit code */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** The program of a package, run by this Node. */
export function node(script, ...args) {
  return run(process.execPath, [script.startsWith('.') ? path.join(root, script) : binary(script), ...args]);
}

function binary(name) {
  const [packageName, program] = name.split('#');
  const manifest = path.join(root, 'node_modules', packageName, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[program ?? packageName]);
}

/** One jest run, counted test by test; a run that broke before its tests counts as one failure. */
export async function jest(...args) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'omni-jest-'));
  const outputFile = path.join(dir, 'result.json');
  const code = await run(process.execPath, [
    binary('jest'),
    '--json',
    `--outputFile=${outputFile}`,
    '--testLocationInResults=false',
    ...args,
  ]);
  try {
    const {
      numPassedTests: passed,
      numFailedTests,
      numRuntimeErrorTestSuites,
    } = JSON.parse(readFileSync(outputFile, 'utf8'));
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs every check, whatever became of the one before, and prints the closing line. Returns the exit code. */
export async function all(checks) {
  const total = { passed: 0, failed: 0 };
  const failures = [];
  for (const [name, check] of checks) {
    const startedAt = Date.now();
    console.log(`\n── ${name}`);
    const result = await check();
    const { passed, failed } =
      typeof result === 'number' ? { passed: result === 0 ? 1 : 0, failed: result === 0 ? 0 : 1 } : result;
    total.passed += passed;
    total.failed += failed;
    if (failed > 0) failures.push(name);
    console.log(
      `── ${name}: ${failed === 0 ? 'passed' : 'failed'} after ${((Date.now() - startedAt) / 1000).toFixed(0)} s`,
    );
  }
  if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}
