/** The whole program as `npm start` runs it, on a data directory of its own, with stubs for the outside world. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/store/port';
import type { Stub } from '../stubs/stub';
import { CANARY_DEFINITIONS, PARROT } from './canary-definitions';

const root = path.resolve(__dirname, '..', '..');

export interface CanaryGround {
  readonly url: string;
  readonly dataDir: string;
  readonly ports: Readonly<Record<string, number>>;
  /** What all its processes have written. */
  readonly output: () => string;
  /** The key in a file of the data directory. */
  readonly keyIn: (file: string) => string;
  stop(): Promise<void>;
  remove(): void;
}

export async function openCanaryGround(stub: Stub, variables: Readonly<Record<string, string>>): Promise<CanaryGround> {
  const home = mkdtempSync(path.join(tmpdir(), 'omni-canaries-'));
  // As root the database runs under another account, which must be able to enter.
  chmodSync(home, 0o711);
  const [dataDir, definitions] = [path.join(home, 'data'), path.join(home, 'definitions')];
  mkdirSync(definitions);
  for (const [file, text] of Object.entries(CANARY_DEFINITIONS)) writeFileSync(path.join(definitions, file), text);
  writeFileSync(path.join(home, 'parrot.mjs'), PARROT);
  const names = ['PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'OMNI_POSTGRES_PORT'];
  const ports = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await freePort()] as const)),
  ) as Record<string, number>;
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    cwd: root,
    env: {
      ...process.env,
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
      ...variables,
      NODE_ENV: 'development',
      LOG_LEVEL: 'debug',
      OMNI_DATA_DIR: dataDir,
      OMNI_DEFINITIONS_DIR: definitions,
      OMNI_TOOLS: JSON.stringify([{ plugin: path.join(home, 'parrot.mjs') }]),
      // Failures are driven in a row.
      OMNI_PROVIDER_LIMITS: JSON.stringify({ openrouter: { failures: 1000 }, parrot: { failures: 1000 } }),
      OPENROUTER_API_KEY: stub.key,
      OPENROUTER_BASE_URL: stub.baseUrl,
      PARROT_KEY: stub.key,
      PARROT_URL: stub.origin,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  for (let waited = 0; !output.includes('Ready after'); waited += 100) {
    if (child.exitCode !== null || waited > 120_000) throw new Error(`It never was ready:\n${output}`);
    await pause(100);
  }
  return {
    url: `http://127.0.0.1:${ports['PORT']}`,
    dataDir,
    ports,
    output: () => output,
    keyIn: (file) => readFileSync(path.join(dataDir, file), 'utf8').trim(),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
