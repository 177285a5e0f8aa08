#!/usr/bin/env node
// Builds dist/: `node scripts/build.mjs` (with declarations); start and run call `buildIfStale`, which leaves those out.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './console.mjs';
import { ensureInstalled, root } from './install.mjs';

const dist = path.join(root, 'dist');
const FOLDERS = ['src', 'workflows', 'activities', 'workers', 'api', 'bench', 'examples', 'test/contracts'];
/** What the contract suite, which plugins use too, stands on. */
const STUB = ['stub', 'rest', 'faults'].map((name) => path.join('test', 'stubs', `${name}.ts`));
const SANDBOX = ['workflows', 'src/interpreter', 'src/plan'];
const require = createRequire(import.meta.url);

/** @returns {string[]} paths from the root, sorted */
function files(folder) {
  const at = path.join(root, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true })
    .map((name) => path.join(folder, name))
    .filter((name) => statSync(path.join(root, name)).isFile())
    .sort();
}

function hashOf(names) {
  const hash = createHash('sha256');
  for (const name of names)
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(path.join(root, name)));
  return hash.digest('hex');
}

const tools = () =>
  ['package-lock.json', 'scripts/build.mjs', 'scripts/console.mjs'].filter((name) => existsSync(path.join(root, name)));
const stamp = (name) => path.join(dist, name);
const stamped = (name) => (existsSync(stamp(name)) ? readFileSync(stamp(name), 'utf8') : '');

/** Builds what is older than its sources. An installed package has no sources, only dist, and is never stale. */
export async function buildIfStale({ log = () => {} } = {}) {
  if (!existsSync(path.join(root, 'src', 'main.ts'))) return;
  page(log);
  const sources = [...FOLDERS.flatMap(files), ...STUB.filter((name) => existsSync(path.join(root, name)))];
  const wanted = hashOf([...sources, ...tools()]);
  if (stamped('.sources') === wanted && existsSync(path.join(dist, 'workflow-bundle.js'))) return;
  log('Building …');
  transpile(sources);
  await bundle(log);
  writeFileSync(stamp('.sources'), wanted);
}

function transpile(sources) {
  const { transformFileSync } = require('@swc/core');
  for (const folder of FOLDERS) rmSync(path.join(dist, folder), { recursive: true, force: true });
  for (const name of sources) {
    const from = path.join(root, name);
    const to = path.join(dist, name);
    mkdirSync(path.dirname(to), { recursive: true });
    if (!name.endsWith('.ts')) copyFileSync(from, to);
    else if (!name.endsWith('.d.ts')) {
      const { code, map } = transformFileSync(from, {
        swcrc: false,
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        // The annotation lets modules import by name.
        module: { type: 'commonjs', ignoreDynamic: true, exportInteropAnnotation: true },
        sourceMaps: true,
        sourceFileName: path.relative(path.dirname(to), from),
      });
      const js = to.replace(/\.ts$/, '.js');
      writeFileSync(js, `${code}\n//# sourceMappingURL=${path.basename(js)}.map\n`, {
        mode: code.startsWith('#!') ? 0o755 : 0o644,
      });
      writeFileSync(`${js}.map`, map);
    }
  }
  const face =
    "module.exports = require('./src/index.js');\nif (require.main === module) require('./src/main.js').main();\n";
  writeFileSync(path.join(dist, 'index.js'), face);
}

/** Takes seconds, so it is made anew only when something of the sandbox has changed. */
async function bundle(log) {
  const wanted = hashOf([...SANDBOX.flatMap(files), 'workers/bundle.ts', ...tools()]);
  if (stamped('.sandbox') === wanted && existsSync(path.join(dist, 'workflow-bundle.js'))) return;
  log('Bundling the workflows …');
  const { bundleWorkflows } = require(path.join(dist, 'workers', 'bundle.js'));
  writeFileSync(path.join(dist, 'workflow-bundle.js'), await bundleWorkflows());
  writeFileSync(stamp('.sandbox'), wanted);
}

/** The console: its sources are in the page, so it is made anew only when they change. */
function page(log) {
  const wanted = hashOf([...files('web'), ...tools()]);
  if (stamped('.console') === wanted && existsSync(path.join(dist, 'web', 'index.html'))) return;
  log('Building the console …');
  mkdirSync(dist, { recursive: true });
  buildConsole();
  writeFileSync(stamp('.console'), wanted);
}

function declarations() {
  const done = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (done.status !== 0) throw new Error('The type check failed: see above.');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  try {
    ensureInstalled();
    rmSync(dist, { recursive: true, force: true });
    await buildIfStale({ log: console.log });
    console.log('Writing declarations …');
    declarations();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
