#!/usr/bin/env node
// Runs every story in examples/, or those that are named: each run.ts must end with 0 and print what its README quotes.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { all } from './checks.mjs';
import { ensureInstalled, root } from './install.mjs';
import { fetchPrograms } from './programs.mjs';

const named = process.argv.slice(2);
const SIGNALS = ['SIGINT', 'SIGTERM'];

/** @returns {string[]} names of folders */
function stories() {
  const known = readdirSync(path.join(root, 'examples')).filter((name) =>
    existsSync(path.join(root, 'examples', name, 'run.ts')),
  );
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no story ${unknown}. Stories: ${known.join(', ')}.`);
  return named.length > 0 ? named : known;
}

/** @returns {Promise<number>} exit code */
async function tell(name) {
  const child = spawn(process.execPath, ['--enable-source-maps', path.join(root, 'dist', 'examples', name, 'run.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
    process.stdout.write(chunk);
  });
  // A story ends its servers when it is interrupted, so it is waited for. Ctrl-C reaches it from the terminal itself.
  let interrupted = false;
  const hand = (signal) => {
    interrupted = true;
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, hand);
  const code = await new Promise((resolve) => child.once('close', (status) => resolve(status ?? 1)));
  for (const signal of SIGNALS) process.off(signal, hand);
  if (interrupted) process.exit(130);
  if (code !== 0 || timeless(printed) === timeless(quoted(name))) return code;
  console.error(`examples/${name}/README.md quotes something else. Bring it up to date.`);
  return 1;
}

/** What the README shows after the command that runs the story. */
function quoted(name) {
  const readme = readFileSync(path.join(root, 'examples', name, 'README.md'), 'utf8');
  return readme.split(`$ npm run examples -- ${name}\n`)[1]?.split('```')[0] ?? '';
}

const timeless = (text) => text.replace(/\d+ ms/g, '… ms').trim();

try {
  const chosen = stories();
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
  process.exitCode = await all(chosen.map((name) => [name, () => tell(name)]));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
