#!/usr/bin/env node
// Replays the Dockerfile's steps in an empty folder, without a container engine, and tries what the image would run:
//   node deploy/replay-image.mjs [--keep] [--plan]
// `--plan` prints what was read and stops; `--keep` leaves the folder. With TEMPORAL_ADDRESS and DATABASE_URL set, the API and
// the engine worker are started from the last stage until they are ready, and must end with status 0 when told to.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyFromContext, readIgnore } from './image/context.mjs';
import { expand, pairs, parseDockerfile } from './image/dockerfile.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stages = parseDockerfile(readFileSync(path.join(root, 'Dockerfile'), 'utf8'));
const say = (text) => process.stderr.write(`${text}\n`);

if (process.argv.includes('--plan')) {
  console.log(JSON.stringify(stages, null, 2));
  process.exit(0);
}

const place = mkdtempSync(path.join(os.tmpdir(), 'image-'));
try {
  const image = replay();
  checkContents(image);
  checkCommands(image);
  if (process.env.TEMPORAL_ADDRESS && process.env.DATABASE_URL) {
    await checkProcess(image, { command: image.command, address: ({ PORT }) => `http://127.0.0.1:${PORT}/readyz` });
    const worker = ['node', 'dist/workers/main.js', 'engine'];
    await checkProcess(image, {
      command: worker,
      address: ({ WORKER_PORT }) => `http://127.0.0.1:${WORKER_PORT}/readyz`,
    });
  } else say('nothing was started: set TEMPORAL_ADDRESS and DATABASE_URL to have the API and the worker started too');
  console.log(`the image's steps work: ${megabytes(image.folder)} MB in ${path.basename(image.folder)}`);
} catch (error) {
  say(`the image's steps fail: ${error.message}`);
  process.exitCode = 1;
} finally {
  if (process.argv.includes('--keep')) say(`kept: ${place}`);
  else rmSync(place, { recursive: true, force: true });
}

/** Runs every stage; the answer is the last one as a container would see it. */
function replay() {
  const included = readIgnore(root);
  const built = new Map();
  let image;
  for (const [index, stage] of stages.entries()) {
    const base = path.join(place, `stage-${index}`);
    image = { base, folder: base, env: {}, command: [], user: '' };
    mkdirSync(base);
    for (const step of stage.instructions) perform(step, image, { built, included });
    built.set(stage.name, image);
  }
  return image;
}

function perform(step, image, { built, included }) {
  const inside = (file) => path.join(path.isAbsolute(file) ? image.base : image.folder, file);
  if (step.name === 'WORKDIR') mkdirSync((image.folder = inside(step.words[0])), { recursive: true });
  else if (step.name === 'ENV' || step.name === 'ARG') Object.assign(image.env, pairs(step));
  else if (step.name === 'CMD') image.command = step.words;
  else if (step.name === 'USER') image.user = step.words[0];
  else if (step.name === 'COPY') {
    const sources = step.words.slice(0, -1);
    const last = step.words.at(-1);
    for (const source of sources) {
      const target = last.endsWith('/') ? path.join(inside(last), path.basename(source)) : inside(last);
      if (step.flags.from === undefined) copyFromContext({ root, source, target, included });
      else
        cpSync(path.join(built.get(step.flags.from).base, source), target, { recursive: true, verbatimSymlinks: true });
    }
  } else if (step.name === 'RUN') {
    say(`RUN ${step.text}`);
    execFileSync('/bin/sh', ['-ec', step.text], {
      cwd: image.folder,
      env: environment(image),
      stdio: ['ignore', 2, 2],
    });
  }
}

/** The stage's own variables and what a shell and npm need to find their way; nothing else of the caller's. */
function environment(image, more = {}) {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|npm_config_|NPM_CONFIG_|.*_proxy$|.*_PROXY$|NODE_EXTRA_CA_CERTS$)/.test(name),
  );
  const own = Object.entries(image.env).map(([name, value]) => [name, expand(value, image.env)]);
  const tmp = path.join(place, 'tmp'); // stands for the image's /tmp
  return Object.fromEntries([
    ...kept,
    ...own.map(([name, value]) => [name, value.replace(/^\/tmp\//, `${tmp}/`)]),
    ...Object.entries(more),
  ]);
}

/** The last stage holds production dependencies only, no sources of ours and nothing secret. */
function checkContents({ folder, user }) {
  if (!/^[1-9]\d*(:\d+)?$/.test(user)) throw new Error(`USER must be a number other than 0, and is "${user}"`);
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const dev = Object.keys(packages).filter((name) => packages[name].dev && existsSync(path.join(folder, name)));
  if (dev.length > 0) throw new Error(`development packages in the last stage: ${dev.slice(0, 5).join(', ')}`);
  const wrong = files(folder, (name) => name !== 'node_modules').filter((file) =>
    /(^|\/)(\.env|\.git|\.npmrc|id_rsa)|(?<!\.d)\.ts$|\.test\./.test(file),
  );
  if (wrong.length > 0) throw new Error(`these do not belong into the last stage: ${wrong.slice(0, 5).join(', ')}`);
}

/** Without its settings the API refuses to start and names them; the other entries load and explain themselves. */
function checkCommands(image) {
  const run = (command) => {
    const [program, ...rest] = command;
    return spawnSync(program, rest, { cwd: image.folder, env: environment(image), encoding: 'utf8', timeout: 60_000 });
  };
  const refusal = run(image.command);
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'OMNI_ADMIN_KEY'])
    if (refusal.status === 0 || !`${refusal.stdout}${refusal.stderr}`.includes(name))
      throw new Error(
        `${image.command.join(' ')} must refuse to start without ${name}; it said: ${refusal.stdout}${refusal.stderr}`,
      );
  const role = run(['node', 'dist/workers/main.js']);
  if (role.status === 0 || !role.stderr.includes('engine'))
    throw new Error(`a worker must name its roles: ${role.stderr}`);
  const help = run(['node', 'dist/src/cli/main.js', '--help']);
  if (help.status !== 0 || !help.stdout.includes('Usage: omni'))
    throw new Error(`omni --help: ${help.status} ${help.stderr}`);
  const valid = run(['node', 'dist/src/cli/main.js', 'validate']);
  if (valid.status !== 0) throw new Error(`omni validate: ${valid.status} ${valid.stdout}${valid.stderr}`);
}

/** Starts a command of the image, waits until its health check passes, and tells it to stop: it must end with status 0. */
async function checkProcess(image, { command, address }) {
  const { TEMPORAL_ADDRESS, DATABASE_URL } = process.env;
  const ports = { PORT: String(await freePort()), WORKER_PORT: String(await freePort()) };
  const env = environment(image, {
    ...ports,
    HOST: '127.0.0.1',
    WORKER_HOST: '127.0.0.1',
    TEMPORAL_ADDRESS,
    DATABASE_URL,
    AUDIT_KEY: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: process.env.ENCRYPTION_KEY,
    OMNI_ADMIN_KEY: randomBytes(32).toString('hex'),
  });
  const name = command.join(' ');
  const [program, ...rest] = command;
  const child = spawn(program, rest, { cwd: image.folder, env, stdio: ['ignore', 2, 2] });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const after = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value).unref());
  try {
    const deadline = Date.now() + 90_000;
    const check = ['healthcheck.mjs', address(ports)];
    while (spawnSync('node', check, { cwd: image.folder, env }).status !== 0) {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      if (Date.now() > deadline) throw new Error(`${name} is not ready after 90 s`);
      await after(500);
    }
  } finally {
    child.kill('SIGTERM');
  }
  const code = await Promise.race([ended, after(45_000, 'still running after 45 s')]);
  if (code !== 0) {
    child.kill('SIGKILL');
    throw new Error(`${name} must end with 0 after SIGTERM: ${code}`);
  }
  say(`${name}: started from the last stage, was ready and ended with 0`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function files(folder, enter) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return enter(entry.name) ? files(file, enter) : [];
    return [file];
  });
}

function megabytes(folder) {
  return Math.round(
    files(folder, () => true).reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0) /
      1e6,
  );
}
