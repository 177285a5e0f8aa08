/** What `omni doctor` finds, on real servers. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  checkApiPort,
  checkDatabase,
  checkDefinitions,
  checkModels,
  checkNode,
  checkProviders,
  checkTemporal,
} from '../../src/cli/doctor-checks';
import { type Config, loadConfig } from '../../src/config';
import { freePort } from '../../src/store/port';
import { keepNamespaceFor } from '../../src/temporal/namespace-retention';
import { connect, type TemporalClient } from '../../src/temporal/connection';
import { ToolRegistry } from '../../src/tools/registry';
import { testDatabaseUrl, testTemporalAddress } from '../servers';

const config = loadConfig({});

test.each([
  ['v20.19.0', 'ok'],
  ['v22.1.0', 'ok'],
  ['v20.9.9', 'wrong'],
  ['v18.20.4', 'wrong'],
])('Node %s is %s', (version, status) => {
  expect(checkNode(version, '>=20.19').status).toBe(status);
});

describe('the API’s port', () => {
  test('is fine when it is free, and wrong when a stranger has it', async () => {
    expect(await checkApiPort({ port: await freePort() })).toMatchObject({ status: 'ok' });
    const stranger = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    expect(await checkApiPort({ port })).toMatchObject({ status: 'wrong', next: expect.stringContaining('PORT') });
    stranger.close();
  });
});

describe('Temporal', () => {
  let temporal: TemporalClient;
  let target: Config;
  beforeAll(async () => {
    const address = await testTemporalAddress();
    const namespace = `doctor-${randomUUID()}`;
    temporal = await connect({ address, namespace });
    await temporal.connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    target = { ...config, temporal: { ...config.temporal, address, namespace } };
  });
  afterAll(() => temporal.close());

  test('lacks search attributes in a new namespace, until --fix registers them', async () => {
    const [server, before] = await settled(() => checkTemporal(target, { fix: false }));
    expect(server).toMatchObject({ name: 'Temporal', status: 'ok', detail: expect.stringMatching(/^server 1\./) });
    expect(before).toMatchObject({ status: 'wrong', next: 'Run omni doctor --fix.' });
    expect((await checkTemporal(target, { fix: true }))[1]).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('OmniStatus'),
    });
    const [, after] = await settled(
      () => checkTemporal(target, { fix: false }),
      (findings) => findings[1]?.status === 'ok',
    );
    expect(after).toMatchObject({ status: 'ok', detail: 'all registered' });
  });

  test('keeps what has ended for less than is asked, which is said with the command that mends it', async () => {
    const retention = async (fields: Partial<Config['temporal']>, longestKeepMs?: number) => {
      const asked = { ...target, temporal: { ...target.temporal, ...fields } };
      const findings = await settled(() =>
        checkTemporal(asked, { fix: false, ...(longestKeepMs === undefined ? {} : { longestKeepMs }) }),
      );
      return findings.find(({ name }) => name === 'Retention');
    };
    expect(await retention({ retentionDays: 1 })).toMatchObject({ status: 'ok' });
    expect(await retention({ retentionDays: 1 }, 30 * 86_400_000)).toMatchObject({
      status: 'note',
      detail: expect.stringMatching(/at most 30d, but .* for 1d only/),
      next: expect.stringContaining('--retention 31d'),
    });
    expect(await keepNamespaceFor(temporal.connection, target.temporal.namespace, 31 * 86_400_000)).toBe(
      31 * 86_400_000,
    );
    expect(await keepNamespaceFor(temporal.connection, target.temporal.namespace, 2 * 86_400_000)).toBe(
      31 * 86_400_000,
    );
  });

  test('that does not answer is named with its address', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const findings = await checkTemporal({ ...config, temporal: { ...config.temporal, address } }, { fix: false });
    expect(findings).toEqual([expect.objectContaining({ status: 'wrong', detail: expect.stringContaining(address) })]);
  }, 30_000);

  test('of our own need not run yet, but its program should be there', async () => {
    const port = await freePort();
    const without = {
      ...config,
      cacheDir: '/nowhere',
      variables: {},
      temporal: { namespace: 'default', taskQueue: 'q', port, uiPort: 1, retentionDays: 1 },
    };
    expect(await checkTemporal(without, { fix: false })).toEqual([
      expect.objectContaining({ status: 'note', next: 'npm start fetches it.' }),
      { name: 'Retention', status: 'ok', detail: 'executions are kept for 1d, at most 1d' },
    ]);
  });

  /** A new namespace is known to every part of the server only after a moment. */
  async function settled<T>(look: () => Promise<T>, good: (answer: T) => boolean = () => true): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      const answer = await look();
      if (good(answer) || tries > 100) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});

describe('PostgreSQL', () => {
  test('is pinged where DATABASE_URL says', async () => {
    const url = await testDatabaseUrl();
    expect(await checkDatabase({ ...config, database: { url, port: 1 } })).toMatchObject({ status: 'ok' });
  });

  test('that does not answer is wrong, and its password is not shown', async () => {
    const url = `postgresql://omni:topsecret@127.0.0.1:${await freePort()}/omni`;
    const finding = await checkDatabase({ ...config, database: { url, port: 1 } });
    expect(finding).toMatchObject({ status: 'wrong', detail: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(finding)).not.toContain('topsecret');
  });
});

test('a provider without its key is noted, not wrong', () => {
  const provider = { title: 'Far', variables: [], tools: {} };
  const registry = new ToolRegistry(
    [],
    [
      { ...provider, name: 'near' },
      { ...provider, name: 'far', unconfigured: 'Set FAR_API_KEY.' },
    ],
  );
  expect(checkProviders(registry)).toEqual([
    { name: 'Provider near', status: 'ok', detail: 'Far: ' },
    { name: 'Provider far', status: 'note', detail: 'Far is not configured', next: 'Set FAR_API_KEY.' },
  ]);
});

test('missing models are noted, broken definitions are wrong', () => {
  expect(checkModels({ modelsDir: '/nowhere' }).status).toBe('note');
  expect(checkDefinitions([{ file: 'a.yaml', errors: 0 }], 'definitions').status).toBe('ok');
  expect(checkDefinitions([{ file: 'x/b.yaml', errors: 2 }], 'definitions')).toMatchObject({
    status: 'wrong',
    detail: 'with errors: b.yaml',
  });
});
