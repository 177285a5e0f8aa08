// Runs commands one after the other, shows what they print, and counts: the checks of `npm test`, of the faults suite and of the examples.
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

/** The program of a package, run by this Node in the time that other processes leave, and what it prints. */
export function aside(script, ...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [binary(script), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (output += text));
    }
    child.once('error', (error) => resolve({ passed: 0, failed: 1, output: error.message }));
    child.once('close', (code) => resolve({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output }));
    try {
      if (child.pid !== undefined) os.setPriority(child.pid, os.constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended already, or this system does not let us: then it is merely not as quiet.
    }
  });
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

/**
 * Runs every check, whatever became of the one before, and prints the closing line. Returns the exit code. Those `beside` them begin
 * at once, one after the other too, and are told of at the end.
 */
export async function all(checks, beside = []) {
  const total = { passed: 0, failed: 0 };
  const failures = [];
  let turn = Promise.resolve();
  const under = beside.map(([name, check]) => {
    const done = turn.then(() => timed(check));
    turn = done;
    return [name, done];
  });
  const tell = (name, { passed, failed, output = '', seconds }) => {
    if (output.trim() !== '') console.log(output.trimEnd());
    total.passed += passed;
    total.failed += failed;
    if (failed > 0) failures.push(name);
    console.log(`── ${name}: ${failed === 0 ? 'passed' : 'failed'} after ${seconds} s`);
  };
  for (const [name, check] of checks) {
    console.log(`\n── ${name}`);
    tell(name, await timed(check));
  }
  for (const [name, done] of under) {
    console.log(`\n── ${name}`);
    tell(name, await done);
  }
  if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

async function timed(check) {
  const startedAt = Date.now();
  const result = await check();
  const counted = typeof result === 'number' ? { passed: result === 0 ? 1 : 0, failed: result === 0 ? 0 : 1 } : result;
  return { ...counted, seconds: ((Date.now() - startedAt) / 1000).toFixed(0) };
}
