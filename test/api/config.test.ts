/** Settings and flags over HTTP, and executions that read them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

/** Of this run of the file: the database is everybody's. */
const section = `s${randomUUID().replaceAll('-', '')}`;
const flag = `F_${randomUUID().replaceAll('-', '')}`;
const DEFINITION = `
name: Reader
version: 1.0.0
trigger: { payload: { userId: string } }
steps:
  - { name: say, tool: echo.say, provider: echo, input: { text: "\${settings.${section}.greeting}" } }
output: { on: "\${flags.${flag}}", said: "\${steps.say.output.text}" }
`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    providers: [echoProvider()],
    contracts: ECHO_CONTRACTS,
    definitions: { 'reader.yaml': DEFINITION },
    configured: loadConfig({
      OMNI_FEATURE_FLAGS: JSON.stringify([{ name: flag, enabled: false }]),
      OMNI_SETTINGS: JSON.stringify({ [section]: { greeting: 'hello' } }),
    }),
  });
});
afterAll(() => door.close());

const flagPath = `/config/feature-flags/${flag}`;
const run = (userId: string, context = {}): Promise<Answer> =>
  door.ask('POST', '/workflows/reader/execute', { payload: { userId }, context }, { Prefer: 'wait=60' });

describe('feature flags', () => {
  test('are listed with their origin, the one of the specification among them', async () => {
    const { status, body } = await door.ask('GET', '/config/feature-flags');
    expect(status).toBe(200);
    const names = body.featureFlags.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['LM_COACH_REASONING_MODEL', flag]));
    expect((await door.ask('GET', flagPath)).body).toEqual({
      name: flag,
      enabled: false,
      rolloutPercentage: 100,
      description: '',
      targeting: [],
      origin: 'environment',
      version: 0,
    });
  });

  test('are changed as the specification prints it, what is left out stays', async () => {
    const changed = await door.ask('POST', flagPath, { enabled: true, options: { rolloutPercentage: 75 } });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"1"']);
    expect(changed.body).toMatchObject({
      enabled: true,
      rolloutPercentage: 75,
      origin: 'database',
      changedBy: 'somebody',
    });
    const off = await door.ask('POST', flagPath, { enabled: false });
    expect(off.body).toMatchObject({ enabled: false, rolloutPercentage: 75, version: 2, changedBy: 'somebody' });
    const undone = await door.ask('POST', `${flagPath}/undo`);
    expect(undone.body).toMatchObject({ enabled: true, rolloutPercentage: 75, version: 3 });
    const { body } = await door.ask('GET', `${flagPath}/versions`);
    expect(body.versions.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1]);
  });

  test('a change for a version that is no more is 412; one that does not fit says where', async () => {
    const stale = await door.ask('POST', flagPath, { enabled: true }, { 'If-Match': '"1"' });
    expect([stale.status, stale.body.type]).toEqual([412, 'conflict']);
    expect((await door.ask('POST', flagPath, { enabled: true }, { 'If-Match': 'W/"x"' })).status).toBe(412);
    const etag = (await door.ask('GET', flagPath)).headers.get('etag') ?? '';
    expect((await door.ask('POST', flagPath, { enabled: true }, { 'If-Match': etag })).status).toBe(200);
    const wrong = { enabled: true, options: { rolloutPercentage: 101, targeting: [{ when: 'steps.a == 1' }] } };
    const { status, body } = await door.ask('POST', flagPath, wrong);
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/options/rolloutPercentage',
      '/options/targeting/0/when',
    ]);
  });

  test('one that is not there is made by a change, gone after undoing it, and else 404 with the nearest name', async () => {
    const path = `/config/feature-flags/N-${randomUUID()}`;
    expect((await door.ask('GET', '/config/feature-flags/LM_COACH_REASONING_MODELL')).body.detail).toContain(
      'LM_COACH_REASONING_MODEL?',
    );
    expect((await door.ask('POST', path, { enabled: true })).status).toBe(201);
    expect((await door.ask('POST', `${path}/undo`)).status).toBe(204);
    expect((await door.ask('GET', path)).status).toBe(404);
    expect((await door.ask('POST', '/config/feature-flags/no%20name', { enabled: true })).status).toBe(400);
  });
});

describe('settings', () => {
  test('are found by section and key, each with its layers', async () => {
    const { body } = await door.ask('GET', '/config/sections');
    const mine = body.sections.find(({ name }: { name: string }) => name === section);
    expect(mine).toEqual({ name: section, keys: ['greeting'] });
    const server = await door.ask('GET', '/config/server');
    expect(server.body.settings.map(({ key }: { key: string }) => key)).toEqual(
      expect.arrayContaining(['behindProxy', 'host', 'port', 'tlsCertFile']),
    );
    expect((await door.ask('GET', '/config/server/port')).body).toMatchObject({ live: false, variable: 'PORT' });
    expect((await door.ask('GET', '/config/servers')).status).toBe(404);
  });

  test.each(['PUT', 'POST'])('are changed by %s, with a version to lock by', async (method) => {
    const path = `/config/${section}/${method.toLowerCase()}`;
    const made = await door.ask(method, path, { value: { deep: [1] } });
    expect([made.status, made.headers.get('etag')]).toEqual([200, '"1"']);
    expect(made.body).toMatchObject({ value: { deep: [1] }, origin: 'database', live: true });
    expect((await door.ask(method, path, { value: { deep: 2 } }, { 'If-Match': '"0"' })).status).toBe(412);
    expect((await door.ask(method, path, { value: 'text' })).status).toBe(400);
    expect((await door.ask('POST', `${path}/undo`, { version: 0 })).status).toBe(204);
  });

  test('of the platform that are read at the start are refused by name', async () => {
    const { status, body } = await door.ask('PUT', '/config/server/port', { value: 1 });
    expect([status, body.type]).toEqual([403, 'policy']);
    expect(body.detail).toContain('PORT');
  });
});

test('an execution goes by the flags and settings of its start, which it shows', async () => {
  const rules = [{ when: 'context.plan == "pro"' }];
  await door.ask('POST', flagPath, { enabled: true, options: { rolloutPercentage: 0, targeting: rules } });
  await door.ask('PUT', `/config/${section}/greeting`, { value: 'bom dia' });
  const [pro, free] = [await run('u', { plan: 'pro' }), await run('u')];
  expect(pro.body.output).toEqual({ on: true, said: 'bom dia' });
  expect(free.body.output).toEqual({ on: false, said: 'bom dia' });
  const { body } = await door.ask('GET', `/executions/${pro.body.executionId}`);
  expect(body.snapshot.flags[flag]).toBe(true);
  expect(body.snapshot.settings[section].greeting).toBe('bom dia');

  // Started without a plan, as Temporal's own clients do: the worker finds the same.
  const { client, taskQueue } = door.harness;
  const workflowId = `reader-${randomUUID()}`;
  const bare = { payload: { userId: 'u' }, context: { plan: 'pro' } };
  expect(await client.workflow.execute('reader', { taskQueue, workflowId, args: [bare] })).toMatchObject({ on: true });

  await door.ask('POST', flagPath, { enabled: true, options: { rolloutPercentage: 50, targeting: [] } });
  const again = await Promise.all([run('same'), run('same')]);
  expect(again[0]?.body.output.on).toBe(again[1]?.body.output.on);
});
