/** Claims about `npm start`: what a person sees, does and gets back, with the real program in a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { commandLine } from '../../src/store/left-over';
import { freePort } from '../../src/store/port';

const root = path.resolve(__dirname, '..', '..');
const home = mkdtempSync(path.join(tmpdir(), 'omni-start-'));
// As root the database runs under another account, which must be able to enter.
chmodSync(home, 0o711);
const dataDir = path.join(home, 'data');
const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    await ended(child);
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly env: Record<string, string>;
  readonly output: () => string;
  /** Resolves when the output holds it. */
  says(words: string): Promise<void>;
}

async function start(script: string[], settings: Record<string, string> = {}): Promise<Run> {
  const ports = ['PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'OMNI_POSTGRES_PORT', 'WORKER_PORT'];
  const free = Object.fromEntries(
    await Promise.all(ports.map(async (name) => [name, String(await freePort())] as const)),
  );
  const env = { ...free, OMNI_DATA_DIR: dataDir, ...settings };
  const child = spawn(process.execPath, script, {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'development', ...env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    child,
    env,
    output: () => output,
    async says(words) {
      for (let waited = 0; !output.includes(words); waited += 100) {
        if ((child.exitCode ?? 0) > 0 || waited > 100_000) throw new Error(`It never said "${words}" but:\n${output}`);
        await sleep(100);
      }
    },
  };
}

function ended(child: ChildProcess): Promise<number | null> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', resolve));
}

const pidsOf = (): number[] =>
  ['temporal.db.pid', 'postgres/postmaster.pid'].map((file) =>
    Number.parseInt(readFileSync(path.join(dataDir, file), 'utf8'), 10),
  );

const adminKey = (): string => readFileSync(path.join(dataDir, 'admin.key'), 'utf8').trim();
const adminHeader = () => ({ authorization: `Bearer ${adminKey()}` });

async function executions(run: Run): Promise<{ workflow: string; status: string }[]> {
  const answer = await fetch(`http://127.0.0.1:${run.env['PORT']}/executions`, { headers: adminHeader() });
  return ((await answer.json()) as { executions: { workflow: string; status: string }[] }).executions;
}

test('a first start runs the flagship, says where everything is, and stops cleanly; a second one is quick and finds it again', async () => {
  const first = await start(['scripts/start.mjs']);
  await first.says('completed after');
  expect(first.output()).toContain(`http://127.0.0.1:${first.env['PORT']}`);
  expect(first.output()).toContain(`http://127.0.0.1:${first.env['TEMPORAL_UI_PORT']}`);
  // Nobody watches, so the keys are in files for their owner, and the line that is to be pasted reads one of them.
  expect(statSync(path.join(dataDir, 'admin.key')).mode & 0o777).toBe(0o600);
  expect(first.output()).not.toContain(adminKey());
  expect((await fetch(`http://127.0.0.1:${first.env['PORT']}/executions`)).status).toBe(401);
  const [, line = ''] = /^ {2}(curl .+)$/m.exec(first.output()) ?? [];
  const pasted = await promisify(execFile)('sh', ['-c', `${line} --silent --show-error`], { cwd: root });
  expect(JSON.parse(pasted.stdout)).toMatchObject({ status: 'completed' });
  expect((await fetch(`http://127.0.0.1:${first.env['TEMPORAL_UI_PORT']}`)).status).toBe(200);
  const servers = pidsOf();
  first.child.kill('SIGTERM');
  expect(await ended(first.child)).toBe(0);
  expect(first.output()).toContain('Stopped.');
  expect(servers.map(commandLine)).toEqual([undefined, undefined]);

  const startedAt = Date.now();
  const second = await start(['scripts/start.mjs']);
  await second.says('Ready after');
  // Seconds on a machine of its own; beside a whole suite some more.
  expect(Date.now() - startedAt).toBeLessThan(30_000);
  for (let waited = 0; (await executions(second)).length < 2 && waited < 10_000; waited += 200) await sleep(200);
  expect(await executions(second)).toMatchObject(Array(2).fill({ workflow: 'bilingual-coach', status: 'completed' }));
  expect(second.output()).not.toContain('runs once on the sample');
}, 240_000);

test('after kill -9 the next start ends what was left running and goes on with its data', async () => {
  const killed = await start(['dist/src/main.js']);
  await killed.says('Ready after');
  const orphans = pidsOf();
  killed.child.kill('SIGKILL');
  await ended(killed.child);
  expect(orphans.map((pid) => commandLine(pid) !== undefined)).toEqual([true, true]);
  const next = await start(['dist/src/main.js']);
  await next.says('Ready after');
  expect(orphans.map(commandLine)).toEqual([undefined, undefined]);
  expect(pidsOf()).not.toEqual(orphans);
}, 120_000);

test('npm start that is told to stop stops everything, although npm tells only its shell', async () => {
  const run = await start([path.join(path.dirname(process.execPath), 'npm'), 'start']);
  await run.says('Ready after');
  const servers = pidsOf();
  run.child.kill('SIGTERM');
  await run.says('Stopped.');
  expect(servers.map(commandLine)).toEqual([undefined, undefined]);
}, 120_000);

test('a second start on the same data directory is refused, and the first one is unharmed', async () => {
  const first = await start(['dist/src/main.js']);
  await first.says('Ready after');
  const second = await start(['dist/src/main.js']);
  expect(await ended(second.child)).toBe(1);
  expect(second.output()).toContain('is using the data directory');
  expect((await fetch(`http://127.0.0.1:${first.env['PORT']}/readyz`)).status).toBe(200);
}, 120_000);

test.each(['PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'OMNI_POSTGRES_PORT'])(
  'a port in use is named with the variable that changes it: %s',
  async (variable) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const run = await start(['dist/src/main.js'], { [variable]: String(port) });
    expect(await ended(run.child)).toBe(1);
    taken.close();
    expect(run.output()).toContain(`Port ${port} is in use. Set ${variable} to`);
  },
  60_000,
);

test('in production nothing is made up: all that is missing is named', async () => {
  const run = await start(['dist/src/main.js'], { NODE_ENV: 'production' });
  expect(await ended(run.child)).toBe(1);
  expect(run.output()).toContain('DATABASE_URL');
  expect(run.output()).toContain('TEMPORAL_ADDRESS');
  for (const name of ['OMNI_ADMIN_KEY', 'AUDIT_KEY', 'ENCRYPTION_KEY']) expect(run.output()).toContain(name);
}, 30_000);

test('a worker process joins what npm start runs, answers probes, counts in Prometheus’ format, and drains on SIGTERM', async () => {
  const main = await start(['dist/src/main.js'], { OMNI_ENGINE: 'false' });
  await main.says('Ready after');
  const worker = await start(['dist/workers/main.js', 'engine'], {
    ...main.env,
    WORKER_PORT: String(await freePort()),
  });
  await worker.says('Engine worker on task queue');
  const url = `http://127.0.0.1:${worker.env['WORKER_PORT']}`;
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('orchestrator_calls_running 0');
  const answer = await fetch(`http://127.0.0.1:${main.env['PORT']}/workflows/bilingual-coach/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60', ...adminHeader() },
    body: readFileSync(path.join(root, 'definitions', 'fixtures', 'coach.json')),
  });
  expect(await answer.json()).toMatchObject({ status: 'completed' });
  worker.child.kill('SIGTERM');
  expect(await ended(worker.child)).toBe(0);
}, 180_000);

test('an unknown worker role is refused by name', async () => {
  const worker = await start(['dist/workers/main.js', 'painter']);
  expect(await ended(worker.child)).toBe(1);
  expect(worker.output()).toContain('There is no role painter. Roles: engine, agent.');
}, 30_000);
