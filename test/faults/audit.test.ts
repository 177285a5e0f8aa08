/** Claims about the audit log that need processes: several write at once, and one is killed in the middle of it. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditGround } from '../security/audit-ground';
import { auditGround, event } from '../security/audit-ground';
import { build } from './worker';

const root = path.resolve(__dirname, '..', '..');

let ground: AuditGround;
beforeAll(async () => {
  build();
  ground = await auditGround();
}, 120_000);
afterAll(() => ground.close());

/** Writes rows as long as it lives, ten at a time, and a dot for every ten that are on disk. */
const WRITER = `
  const { auditKeys } = require('./dist/src/security/audit-keys');
  const { openAuditLog } = require('./dist/src/security/audit-log');
  const { openStore } = require('./dist/src/store/store');
  const { url, key, headFile, event } = JSON.parse(process.argv[1]);
  const config = { environment: 'production', dataDir: '', audit: { keys: [Buffer.from(key, 'hex')], headFile } };
  const logger = { error: console.error, info() {} };
  openAuditLog({ table: openStore(url).audit, keys: auditKeys(config, { make: false }), headFile, logger }).then(async (log) => {
    for (;;) {
      await Promise.all(Array.from({ length: 10 }, () => log.record(event)));
      process.stdout.write('.');
    }
  });
`;

interface Writer {
  readonly child: ChildProcess;
  /** How many rows it knows to be on disk. */
  rows(): number;
  /** Resolves when it has written so many. */
  has(rows: number): Promise<void>;
  kill(): Promise<void>;
}

function startWriter(): Writer {
  const { url, keys, headFile } = ground;
  const parameters = { url, key: Buffer.from(keys.current.key).toString('hex'), headFile, event: event(1) };
  const child = spawn(process.execPath, ['-e', WRITER, JSON.stringify(parameters)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let rows = 0;
  const hear = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    rows += 10 * chunk.length;
    for (const listener of hear) listener();
  });
  return {
    child,
    rows: () => rows,
    has: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => void (rows >= wanted && resolve());
        hear.add(look);
        look();
        void ended.then(() => reject(new Error('the writer ended')));
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test('processes that write at once and are killed in the middle of it leave a whole chain, with every row that was confirmed', async () => {
  const writers = [startWriter(), startWriter(), startWriter()];
  try {
    await Promise.all(writers.map((writer) => writer.has(100)));
    // One after the other, while the others go on.
    for (const writer of writers) {
      const now = writers.reduce((sum, one) => sum + one.rows(), 0);
      await Promise.race(writers.filter((one) => one.child.signalCode === null).map((one) => one.has(one.rows() + 50)));
      expect(writers.reduce((sum, one) => sum + one.rows(), 0)).toBeGreaterThan(now);
      await writer.kill();
    }
  } finally {
    for (const writer of writers) await writer.kill();
  }
  const confirmed = writers.reduce((sum, one) => sum + one.rows(), 0);
  const log = await ground.open();
  await log.record(event(2));
  const { intact, rows, head } = await log.verify();
  expect({ intact, rows }).toEqual({ intact: true, rows: head.sequence });
  expect(rows).toBeGreaterThan(confirmed);
  await log.close();
});
