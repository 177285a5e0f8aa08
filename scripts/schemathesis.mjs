#!/usr/bin/env node
// Asks the whole API what its OpenAPI document allows and what it forbids, by Schemathesis (https://schemathesis.readthedocs.io), and
// holds every answer against the document. `npm run test:api -- --include-path /tasks` hands further options to it.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { ensureInstalled, root } from './install.mjs';
import { fetchPrograms } from './programs.mjs';
import { serve } from './served.mjs';

const own = path.join(root, 'scripts', 'schemathesis');
const requirements = path.join(own, 'requirements.txt');
const RUN_MS = 600_000;

/** The folder with Schemathesis and what it needs, in the pinned versions; fetched once. */
function schemathesis() {
  const [, version] = /^schemathesis==(.+)$/m.exec(readFileSync(requirements, 'utf8'));
  const cache = process.env.OMNI_CACHE_DIR || path.join(root, '.cache');
  const folder = path.join(cache, 'schemathesis', version);
  if (existsSync(folder)) return folder;
  console.log(`Schemathesis ${version}: fetching with pip`);
  mkdirSync(path.dirname(folder), { recursive: true });
  const part = mkdtempSync(`${folder}.`);
  const options = [
    '-q',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
    '--root-user-action=ignore',
  ];
  const done = spawnSync('python3', ['-m', 'pip', 'install', ...options, '--target', part, '-r', requirements], {
    stdio: 'inherit',
  });
  if (done.status !== 0) {
    rmSync(part, { recursive: true, force: true });
    throw new Error('Schemathesis could not be fetched: see above. It needs Python 3.11 or newer with pip.');
  }
  renameSync(part, folder);
  return folder;
}

/**
 * Stands before the API so that each connection comes from an address of its own. Wrong keys are sent for every route, and after ten from
 * one address nobody there is let in for a minute: right for guesses, and it would turn every answer after that into a 429.
 */
async function manyAddresses(port) {
  let next = 1;
  const relay = createServer((from) => {
    next = (next % 0xffff_fe) + 1;
    const to = connect({
      port,
      host: '127.0.0.1',
      localAddress: `127.${next >> 16}.${(next >> 8) & 255}.${next & 255}`,
    });
    from.pipe(to).pipe(from);
    from.on('error', () => to.destroy());
    to.on('error', () => from.destroy());
  });
  await new Promise((resolve, reject) => relay.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${relay.address().port}`, close: () => relay.close() };
}

function run(folder, url, { adminKey, home }) {
  const args = [
    ...['-m', 'schemathesis.cli', '--config-file', path.join(own, 'schemathesis.toml')],
    ...['run', path.join(home, 'openapi.json'), '--url', url, '--report-junit-path', path.join(home, 'report.xml')],
    ...process.argv.slice(2),
  ];
  const child = spawn('python3', args, {
    cwd: home,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', ADMIN_KEY: adminKey },
    timeout: RUN_MS,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      signal ? reject(new Error(`Schemathesis was not done in time.`)) : resolve(code),
    );
  });
}

/** One case for each operation, and one for what is done in sequence. */
function casesIn(report) {
  return [...readFileSync(report, 'utf8').matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)].map(
    ([, name, content = '']) => ({ name, failed: /<(failure|error|skipped)\b/.test(content) }),
  );
}

/** The document is written into the folder; what comes back are its operations. */
async function describe(url, { adminKey, home }) {
  const answer = await fetch(`${url}/openapi.json`, { headers: { authorization: `Bearer ${adminKey}` } });
  const document = await answer.json();
  writeFileSync(path.join(home, 'openapi.json'), JSON.stringify(document));
  return Object.entries(document.paths).flatMap(([at, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${at}`),
  );
}

async function main() {
  ensureInstalled();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
  const folder = schemathesis();
  const home = mkdtempSync(path.join(os.tmpdir(), 'omni-schemathesis-'));
  // As root the database runs under another account, which must be able to enter.
  chmodSync(home, 0o711);
  const adminKey = randomBytes(24).toString('hex');
  let api;
  let relay;
  try {
    api = await serve({
      dataDir: path.join(home, 'data'),
      adminKey,
      environment: {
        LOG_LEVEL: 'error',
        TESTING_ENABLED: 'true',
        OMNI_DEFINITIONS_DIR: path.join(own, 'definitions'),
        NOTE_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
      },
    });
    relay = await manyAddresses(api.port);
    const operations = await describe(api.url, { adminKey, home });
    const code = await run(folder, relay.url, { adminKey, home });
    const cases = casesIn(path.join(home, 'report.xml'));
    const seen = new Set(cases.map(({ name }) => name));
    const left = process.argv.length > 2 ? [] : operations.filter((name) => !seen.has(name));
    for (const name of left) console.log(`Not asked: ${name}`);
    const failed = cases.filter((one) => one.failed).length + left.length;
    if (failed > 0) console.log(`\nThe API said:\n${api.said()}`);
    const stopped = await api.stop();
    api = undefined;
    if (stopped !== 0) console.log(`The API ended with ${stopped}.`);
    const other = failed === 0 && (code !== 0 || stopped !== 0) ? 1 : 0;
    console.log(`\n${cases.length - (failed - left.length)} passed, ${failed + other} failed`);
    return failed + other === 0 ? 0 : 1;
  } finally {
    await api?.stop();
    relay?.close();
    rmSync(home, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}
