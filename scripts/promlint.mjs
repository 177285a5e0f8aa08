#!/usr/bin/env node
// Shows Prometheus' own checkers what is made for it: `/metrics` of a running process after some executions, the rules and the queries in
// deploy/. `npm run test:metrics`; needs Go 1.23 or newer, which builds a small program in scripts/promlint.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { ensureInstalled, root } from './install.mjs';
import { fetchPrograms } from './programs.mjs';
import { serve } from './served.mjs';

const own = path.join(root, 'scripts', 'promlint');
const ASK_MS = 120_000;
/** Ends by a failure of its own; the other waits for a person. */
const DEFINITIONS = {
  refused: 'name: Refused\nversion: 1.0.0\nsteps:\n  - { name: no, fail: { type: refused, detail: as it should } }\n',
  waiting:
    'name: Waiting\nversion: 1.0.0\nsteps:\n  - { name: ask, waitFor: { signal: yes, from: [reviewer], form: { ok: boolean }, timeout: 1h, onTimeout: continue } }\n',
};

/** The program, built once for as long as nothing of it changes. */
function checker() {
  const cache = path.join(process.env.OMNI_CACHE_DIR || path.join(root, '.cache'), 'promlint');
  const sources = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(path.join(own, name)));
  const program = path.join(cache, createHash('sha256').update(Buffer.concat(sources)).digest('hex').slice(0, 16));
  if (existsSync(program)) return program;
  console.log('Building the checkers with Go');
  mkdirSync(cache, { recursive: true });
  const built = spawnSync('go', ['build', '-mod=readonly', '-modcacherw', '-buildvcs=false', '-o', program, '.'], {
    cwd: own,
    stdio: 'inherit',
    env: {
      ...process.env,
      GOMODCACHE: path.join(cache, 'modules'),
      GOCACHE: path.join(cache, 'build'),
      CGO_ENABLED: '0',
    },
  });
  if (built.status === 0) return program;
  throw new Error(
    built.error ? `Go 1.23 or newer is needed: ${built.error.message}` : 'The checkers were not built: see above.',
  );
}

/** `{ name, problems }` of each case. */
function check(program, args, input = '') {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, input, encoding: 'utf8', maxBuffer: 64e6 });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function filesIn(folder, ending) {
  const place = path.join(root, 'deploy', folder);
  return existsSync(place)
    ? readdirSync(place)
        .filter((name) => name.endsWith(ending))
        .map((name) => path.join('deploy', folder, name))
    : [];
}

/** Every `expr` of a dashboard, with what Grafana puts in. */
function queriesOf(file) {
  const found = [];
  JSON.parse(readFileSync(path.join(root, file), 'utf8'), (key, value) => {
    if (key === 'expr')
      found.push(value.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '1h').replaceAll('\n', ' '));
    return value;
  });
  return found;
}

/** What a process says of itself that has run something: executions that end well, badly and not at all, and requests of each kind. */
async function metricsOfUse() {
  const home = mkdtempSync(path.join(os.tmpdir(), 'omni-promlint-'));
  // As root the database runs under another account, which must be able to enter.
  chmodSync(home, 0o711);
  const adminKey = randomBytes(24).toString('hex');
  const api = await serve({ dataDir: path.join(home, 'data'), adminKey, environment: { LOG_LEVEL: 'error' } });
  const ask = async (method, at, body) => {
    const answer = await fetch(`${api.url}${at}`, {
      method,
      signal: AbortSignal.timeout(ASK_MS),
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', prefer: 'wait=60' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  try {
    const coach = JSON.parse(readFileSync(path.join(root, 'definitions', 'fixtures', 'coach-text.json'), 'utf8'));
    await ask('POST', '/workflows/bilingual-coach/execute', coach);
    for (const [id, definition] of Object.entries(DEFINITIONS)) {
      const { status, text } = await ask('PUT', `/workflows/${id}`, { definition });
      if (status >= 400) throw new Error(text);
    }
    await ask('POST', '/workflows/refused/execute', { payload: {} });
    await fetch(`${api.url}/workflows/waiting/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: '{"payload":{}}',
    });
    await ask('GET', '/servers');
    await ask('GET', '/nothing');
    const { status, text } = await ask('GET', '/metrics');
    if (status !== 200) throw new Error(text);
    return text;
  } finally {
    await api.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Ours must be without any fault; Temporal's must be readable. */
function ofMetrics(program, text) {
  const cases = check(program, ['metrics'], text);
  const theirs = cases.filter(({ name }) => name.startsWith('temporal_'));
  for (const { name, problems } of theirs)
    if (problems.length > 0) console.log(`${name} (Temporal’s): ${problems.join('; ')}`);
  const ours = cases.filter((one) => !theirs.includes(one));
  return [
    ...ours,
    {
      name: 'executions are counted',
      problems: /^orchestrator_executions_total\{.*status="failed"/m.test(text) ? [] : ['they are not'],
    },
    { name: 'Temporal’s metrics are there', problems: theirs.length > 0 ? [] : ['they are not'] },
  ];
}

async function main() {
  ensureInstalled();
  const program = checker();
  await buildIfStale({ log: console.log });
  await fetchPrograms();
  const rules = filesIn('prometheus', 'alerts.yaml');
  const queries = filesIn('grafana', '.json').flatMap(queriesOf);
  const cases = [
    ...ofMetrics(program, await metricsOfUse()),
    ...check(program, ['rules', ...rules]),
    ...check(program, ['queries'], queries.map((one) => `${one}\n`).join('')),
  ];
  const failed = cases.filter(({ problems }) => problems.length > 0);
  for (const { name, problems } of failed) console.log(`${name}: ${problems.join('; ')}`);
  console.log(`\n${cases.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}
