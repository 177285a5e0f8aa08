/** Claims about the embedded PostgreSQL: found again, alone on its folder, and out of reach for nobody who may start it. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { claimDataDirectory } from '../../src/store/data-directory';
import { commandLine } from '../../src/store/left-over';
import type { LocalPostgres } from '../../src/store/local-postgres';
import { startLocalPostgres } from '../../src/store/local-postgres';
import { freePort } from '../../src/store/port';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

function folder(mode: number): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'omni-postgres-'));
  chmodSync(dir, mode);
  cleanUps.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dataDir: string, port?: number): Promise<LocalPostgres> {
  const server = await startLocalPostgres({
    dataDir,
    port: port ?? (await freePort()),
    log: () => undefined,
    throwaway: true,
  });
  cleanUps.push(() => server.stop());
  return server;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ value: unknown }>(sql)).rows.map((row) => row.value);
  } finally {
    await client.end();
  }
}

test('a second start finds what the first one kept, under a password that only the owner can read', async () => {
  const dataDir = folder(0o711);
  const first = await start(dataDir);
  await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS value');
  await first.stop();
  const second = await start(dataDir);
  expect(await ask(second.url, 'SELECT value FROM kept')).toEqual([42]);
  const password = path.join(dataDir, 'postgres.password');
  expect(statSync(password).mode & 0o777).toBe(0o600);
  expect(readFileSync(password, 'utf8').trim()).toMatch(/^[0-9a-f]{48}$/);
  await expect(ask(second.url.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'SELECT 1 AS value')).rejects.toThrow('password');
});

test('a data directory below a folder that only its owner may enter works too, and is found again', async () => {
  const closed = folder(0o700);
  const dataDir = path.join(closed, 'clone', '.data');
  const first = await start(dataDir);
  cleanUps.push(
    () => first.directory.startsWith(closed) || rmSync(path.dirname(first.directory), { recursive: true, force: true }),
  );
  await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
  await first.stop();
  const second = await start(dataDir);
  expect(second.directory).toBe(first.directory);
  expect(await ask(second.url, 'SELECT value FROM kept')).toEqual([7]);
});

test('a server that a killed start left running is ended and its data are found', async () => {
  const dataDir = folder(0o711);
  const left = await start(dataDir);
  await ask(left.url, 'CREATE TABLE kept AS SELECT 1 AS value');
  const pid = Number.parseInt(readFileSync(path.join(left.directory, 'postmaster.pid'), 'utf8'), 10);
  const next = await start(dataDir);
  expect(commandLine(pid)).toBeUndefined();
  expect(await ask(next.url, 'SELECT value FROM kept')).toEqual([1]);
});

test('a stale pid file that names a stranger harms nobody and stops nothing', async () => {
  const dataDir = folder(0o711);
  const first = await start(dataDir);
  await first.stop();
  writeFileSync(path.join(first.directory, 'postmaster.pid'), `${process.pid}\n${first.directory}\n`);
  const second = await start(dataDir);
  expect(await ask(second.url, 'SELECT 5 AS value')).toEqual([5]);
});

test('a port in use is named with the variable that changes it', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => new Promise((resolve) => taken.close(resolve)));
  const { port } = taken.address() as AddressInfo;
  await expect(start(folder(0o711), port)).rejects.toThrow(`Port ${port} is in use. Set OMNI_POSTGRES_PORT`);
});

test('it ends for good: nobody answers any more', async () => {
  const server = await start(folder(0o711));
  await server.stop();
  await Promise.race([
    server.ended,
    sleep(5_000, undefined, { ref: false }).then(() => Promise.reject(new Error('still there'))),
  ]);
  await expect(ask(server.url, 'SELECT 1 AS value')).rejects.toThrow('ECONNREFUSED');
});

test('a data directory serves one living process at a time', () => {
  const dataDir = folder(0o711);
  claimDataDirectory(dataDir)();
  mkdirSync(dataDir, { recursive: true });
  const parent = process.ppid;
  writeFileSync(path.join(dataDir, 'owner.json'), JSON.stringify({ pid: parent, command: commandLine(parent) }));
  expect(() => claimDataDirectory(dataDir)).toThrow(`Process ${parent} is using the data directory`);
  writeFileSync(
    path.join(dataDir, 'owner.json'),
    JSON.stringify({ pid: parent, command: 'somebody who had this id before' }),
  );
  claimDataDirectory(dataDir)();
});
