/** Claims about the local Temporal server, with the real program. */
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import { freePort } from '../../src/store/port';
import { connect } from '../../src/temporal/connection';
import { findTemporalBinary } from '../../src/temporal/find-binary';
import type { TemporalServer } from '../../src/temporal/local-server';
import { startTemporalServer } from '../../src/temporal/local-server';
import {
  missingSearchAttributes,
  registerSearchAttributes,
  SEARCH_ATTRIBUTES,
} from '../../src/temporal/search-attributes';

const config = loadConfig();
const binary = findTemporalBinary({
  ...(config.temporal.cliPath === undefined ? {} : { cliPath: config.temporal.cliPath }),
  cacheDir: config.cacheDir,
  searchPath: config.variables['PATH'] ?? '',
});
/** A port that no program is given. */
const NOBODY = '127.0.0.1:1';
/** Tried for ten seconds, while the other tests run. */
let unanswered: Promise<unknown>;
beforeAll(() => {
  unanswered = connect({ address: NOBODY, namespace: 'default' }).catch((error: unknown) => error);
});
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

function file(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'omni-temporal-'));
  cleanUps.push(() => rmSync(dir, { recursive: true, force: true }));
  return path.join(dir, 'temporal.db');
}

async function start(dbFile: string, options: { port?: number; uiPort?: number } = {}): Promise<TemporalServer> {
  const server = await startTemporalServer({
    binary,
    port: options.port ?? (await freePort()),
    ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
    dbFile,
    namespace: 'default',
    retentionDays: 90,
    log: () => undefined,
  });
  cleanUps.push(() => server.stop());
  return server;
}

test('it keeps closed executions as long as asked, knows our search attributes, shows its Web UI, and keeps its file to itself', async () => {
  const dbFile = file();
  const uiPort = await freePort();
  const server = await start(dbFile, { uiPort });
  const temporal = await connect({ address: server.address, namespace: 'default' });
  const { connection } = temporal;
  cleanUps.push(() => temporal.close());
  const { config: kept } = await connection.workflowService.describeNamespace({ namespace: 'default' });
  expect(Number(kept?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 24 * 60 * 60);
  expect(await missingSearchAttributes(connection, 'default')).toEqual([]);
  expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
  expect(statSync(dbFile).mode & 0o777).toBe(0o600);
});

test('what was started is found again by the next server on the same file', async () => {
  const dbFile = file();
  const first = await start(dbFile);
  const before = await connect({ address: first.address, namespace: 'default' });
  await before.client.workflow.start('kept', { taskQueue: 'nobody', workflowId: 'kept-1', args: [] });
  await before.close();
  await first.stop();
  const second = await start(dbFile);
  const after = await connect({ address: second.address, namespace: 'default' });
  cleanUps.push(() => after.close());
  expect((await after.client.workflow.getHandle('kept-1').describe()).status.name).toBe('RUNNING');
});

test('search attributes that a server lacks are registered by name, once', async () => {
  const server = await start(file());
  const temporal = await connect({ address: server.address, namespace: 'default' });
  const { connection } = temporal;
  cleanUps.push(() => temporal.close());
  await connection.operatorService.removeSearchAttributes({
    namespace: 'default',
    searchAttributes: ['OmniStep', 'OmniAwaiting'],
  });
  const names = SEARCH_ATTRIBUTES.map(({ name }) => name);
  expect(await registerSearchAttributes(connection, 'default')).toEqual(
    names.filter((name) => /Step|Awaiting/.test(name)),
  );
  expect(await registerSearchAttributes(connection, 'default')).toEqual([]);
});

test('where nothing answers, the address and the way out are named', async () => {
  expect(await unanswered).toMatchObject({
    message: expect.stringContaining(`No Temporal server answers at ${NOBODY}. Start it, or set TEMPORAL_ADDRESS`),
  });
}, 30_000);

test('a program that is no server says what it said', async () => {
  const dir = path.dirname(file());
  chmodSync(dir, 0o755);
  const server = startTemporalServer({
    binary: '/bin/echo',
    port: await freePort(),
    namespace: 'default',
    retentionDays: 1,
    log: () => undefined,
  });
  await expect(server).rejects.toThrow('ended while starting. It said:\nserver start-dev');
});
