/** A whole installation in a process of its own, as `npm start` runs it, with definitions of the test's choice. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/store/port';

const root = path.resolve(__dirname, '..', '..');
const READY_MS = 180_000;

export interface Installation {
  readonly url: string;
  readonly adminKey: string;
  close(): Promise<void>;
}

/** `definitions`: YAML by file name. */
export async function startInstallation(definitions: Readonly<Record<string, string>>): Promise<Installation> {
  const home = mkdtempSync(path.join(tmpdir(), 'omni-browser-'));
  // As root the database runs under another account, which must be able to enter.
  chmodSync(home, 0o711);
  const folder = path.join(home, 'definitions');
  mkdirSync(folder);
  for (const [file, text] of Object.entries(definitions)) writeFileSync(path.join(folder, file), text);
  const ports: Record<string, string> = {};
  for (const name of ['PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'OMNI_POSTGRES_PORT', 'WORKER_PORT'])
    ports[name] = String(await freePort());
  const dataDir = path.join(home, 'data');
  const child = spawn(process.execPath, [path.join(root, 'dist', 'src', 'main.js')], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: 'development',
      ...ports,
      OMNI_DATA_DIR: dataDir,
      OMNI_DEFINITIONS_DIR: folder,
      OMNI_OUTGOING_ALLOW: '127.0.0.1/32',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  for (let waited = 0; !output.includes('Ready after'); waited += 200) {
    if (child.exitCode !== null || waited > READY_MS) throw new Error(`It did not start:\n${output}`);
    await pause(200);
  }
  return {
    url: `http://127.0.0.1:${ports['PORT']}`,
    adminKey: readFileSync(path.join(dataDir, 'admin.key'), 'utf8').trim(),
    async close() {
      child.kill('SIGTERM');
      await ended(child);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve));
}
